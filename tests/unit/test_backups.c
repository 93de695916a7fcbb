/* iTunes and Android backups. The inputs come from make_backups.py, which uses nothing of the product; the contents
 * expected are those that it puts in. RFC 3394 and FIPS 197 vectors are checked on both sides. */
#include "base/text.h"
#include "base/time.h"
#include "evidence/ab_keys.h"
#include "evidence/crypt.h"
#include "evidence/evidence.h"
#include "evidence/itunes.h"
#include "evidence/itunes_keys.h"
#include "evidence_help.h"

static const char password[] = "Wing-B 2-14", password_wide[] = "Schlüssel-日本";

static bool hex_is(const void *bytes, size_t size, const char *want)
{
	struct buf b = { 0 };
	buf_hex(&b, bytes, size);
	bool same = b.data && strcasecmp(b.data, want) == 0;
	if (!same)
		fprintf(stderr, "%s is not %s\n", b.data, want);
	buf_free(&b);
	return same;
}

static enum err open_backup(const char *name, const char *secret, struct evidence **ret)
{
	struct evidence_options o = { .password = secret, .scratch = folder };
	return evidence_open(in_folder(name), &o, ret);
}

/* --- keys --- */

TEST(key_unwrap_follows_rfc_3394)
{
	uint8_t kek[CRYPT_KEY], out[CRYPT_KEY];
	for (int i = 0; i < CRYPT_KEY; i++)
		kek[i] = (uint8_t)i;
	/* RFC 3394, 4.6: 256 bits of key data with a 256-bit KEK. */
	static const uint8_t wrapped[] = { 0x28, 0xC9, 0xF4, 0x04, 0xC4, 0xB8, 0x10, 0xF4, 0xCB, 0xCC,
					   0xB3, 0x5C, 0xFB, 0x87, 0xF8, 0x26, 0x3F, 0x57, 0x86, 0xE2,
					   0xD8, 0x0E, 0xD3, 0x26, 0xCB, 0xC7, 0xF0, 0xE7, 0x1A, 0x99,
					   0xF4, 0x3B, 0xFB, 0x98, 0x8B, 0x9B, 0x7A, 0x02, 0xDD, 0x21 };
	CHECK(crypt_unwrap(kek, wrapped, sizeof wrapped, out));
	CHECK(hex_is(out, 32, "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F"));
	/* 4.3: 128 bits of key data with a 256-bit KEK. */
	static const uint8_t shorter[] = { 0x64, 0xE8, 0xC3, 0xF9, 0xCE, 0x0F, 0x5B, 0xA2, 0x63, 0xE9, 0x77, 0x79,
					   0x05, 0x81, 0x8A, 0x2A, 0x93, 0xC8, 0x19, 0x1E, 0x7D, 0x6E, 0x8A, 0xE7 };
	CHECK(crypt_unwrap(kek, shorter, sizeof shorter, out));
	CHECK(hex_is(out, 16, "00112233445566778899AABBCCDDEEFF"));
	for (size_t i = 0; i < sizeof wrapped * 8; i++) {
		uint8_t bad[sizeof wrapped];
		memcpy(bad, wrapped, sizeof bad);
		bad[i / 8] ^= (uint8_t)(1 << i % 8);
		CHECK(!crypt_unwrap(kek, bad, sizeof bad, out));
	}
	CHECK(hex_is(out, 32, "0000000000000000000000000000000000000000000000000000000000000000"));
	CHECK(!crypt_unwrap(kek, wrapped, 39, out));
	CHECK(!crypt_unwrap(kek, wrapped, 16, out));
}

TEST(derivation_follows_rfc_6070_and_is_bounded)
{
	uint8_t out[32];
	CHECK_INT(crypt_pbkdf2(CRYPT_SHA1, "password", 8, "salt", 4, 4096, out, 20), OK);
	CHECK(hex_is(out, 20, "4b007901b765489abead49d926f721d065a429c1"));
	/* RFC 7914, 11. */
	CHECK_INT(crypt_pbkdf2(CRYPT_SHA256, "passwd", 6, "salt", 4, 1, out, 32), OK);
	CHECK(hex_is(out, 32, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"));
	CHECK_INT(crypt_pbkdf2(CRYPT_SHA1, "x", 1, "s", 1, 50000001, out, 20), ERR_LIMIT);
	CHECK_INT(crypt_pbkdf2(CRYPT_SHA1, "x", 1, "s", 1, 0, out, 20), ERR_FORMAT);
}

TEST(padding_is_recognised)
{
	uint8_t b[16];
	memset(b, 16, sizeof b);
	CHECK_INT(crypt_padding(b), 16);
	b[15] = 1;
	CHECK_INT(crypt_padding(b), 1);
	b[15] = 2;
	CHECK_INT(crypt_padding(b), 0);
	b[15] = 0;
	CHECK_INT(crypt_padding(b), 0);
	b[15] = 17;
	CHECK_INT(crypt_padding(b), 0);
}

TEST(keybag_opens)
{
	size_t size;
	unsigned char *bytes = file_load("sealed.keybag", &size);
	struct keybag k;
	CHECK_INT(keybag_read(bytes, size, &k), OK);
	CHECK_INT(k.class_count, 11);
	CHECK_INT(k.rounds, 100);
	CHECK_INT(k.first_rounds, 200);
	CHECK(!k.damage);
	CHECK_INT(keybag_unlock(&k, "wrong"), ERR_PASSWORD);
	CHECK_INT(keybag_unlock(&k, ""), ERR_PASSWORD);
	CHECK_INT(keybag_unlock(&k, password), OK);
	CHECK(k.classes[0].open && k.classes[10].open && !k.classes[4].open);
	free(bytes);
}

TEST(keybag_bounds_its_rounds)
{
	size_t size;
	unsigned char *bytes = file_load("sealed.keybag", &size);
	struct keybag k;
	unsigned char *iter = memmem(bytes, size, "ITER", 4), *dpic = memmem(bytes, size, "DPIC", 4);
	CHECK(iter && dpic);
	memcpy(dpic + 8, "\x02\xfa\xf0\x80", 4); /* 50,000,000 and the 100 of the second step */
	CHECK_INT(keybag_read(bytes, size, &k), OK);
	CHECK_INT(keybag_unlock(&k, password), ERR_LIMIT);
	memcpy(iter + 8, "\xff\xff\xff\xff", 4);
	CHECK_INT(keybag_read(bytes, size, &k), OK);
	CHECK_INT(keybag_unlock(&k, password), ERR_LIMIT);
	memcpy(iter + 8, "\0\0\0\0", 4);
	CHECK_INT(keybag_read(bytes, size, &k), ERR_FORMAT);
	free(bytes);
}

TEST(keybag_cut_anywhere)
{
	size_t size, opened = 0;
	unsigned char *bytes = file_load("sealed.keybag", &size);
	struct keybag k;
	for (size_t n = 0; n < size; n++) {
		enum err e = keybag_read(bytes, n, &k);
		CHECK(e == OK || e == ERR_FORMAT || e == ERR_TRUNCATED);
		/* What is left of it opens. */
		if (!e && k.classes[0].present && k.classes[0].wrap == 2)
			opened += keybag_unlock(&k, password) == OK;
	}
	CHECK(opened > size / 2);
	/* Length of a field beyond the end, and the greatest there is. */
	memcpy(bytes + 4, "\xff\xff\xff\xff", 4);
	CHECK_INT(keybag_read(bytes, size, &k), ERR_TRUNCATED);
	free(bytes);
}

/* --- iTunes --- */

#define MOBILE "private/var/mobile/"
#define APP MOBILE "Containers/Data/Application/org.example.chat/"

static void check_contents(const struct evidence *e)
{
	enum err err;
	size_t size;
	CHECK_TEXT(evidence_kind(e), "itunes-backup");
	CHECK_CONTENT(e, MOBILE "Library/SMS/sms.db", "short messages, in truth no database\n");
	CHECK_CONTENT(e, "private/var/wireless/Library/Databases/empty.sqlite", "");
	CHECK_CONTENT(e, APP "Documents/Grüße.txt", "Grüße");
	CHECK_CONTENT(e, APP "Library/Preferences/org.example.chat.plist", "one byte more tha");
	CHECK_CONTENT(e, MOBILE "Containers/Data/PluginKitPlugin/org.example.chat.share/Library/x", "x");
	CHECK_CONTENT(e, "private/var/containers/Data/System/org.example.sys/Library/y", "y");
	CHECK_CONTENT(e, MOBILE "Library/Health/healthdb.sqlite", "steps");
	CHECK_CONTENT(e, "private/var/db/com.apple.x/z", "z");
	CHECK_CONTENT(e, "private/var/NewDomain/a/b", "a domain that nobody knows yet");
	content(e, MOBILE "Media/DCIM/100APPLE/IMG_0001.JPG", &err, &size);
	CHECK_INT(err, OK);
	CHECK_INT(size, 1500);
	content(e, MOBILE "Media/Recordings/sixteen.m4a", &err, &size);
	CHECK_INT(err, OK);
	CHECK_INT(size, 64);
	content(e, MOBILE "Containers/Shared/AppGroup/group.org.example.chat/ChatStorage.sqlite", &err, &size);
	CHECK_INT(err, OK);
	CHECK_INT(size, 300);
	const struct entry *link = evidence_find(e, MOBILE "Library/link"), *dir = evidence_find(e, MOBILE "Library");
	CHECK(link && link->type == ENTRY_LINK);
	CHECK_TEXT(link ? link->target : NULL, "/private/var/mobile/elsewhere");
	CHECK(dir && dir->type == ENTRY_FOLDER);
	const struct entry *sms = evidence_find(e, MOBILE "Library/SMS/sms.db");
	CHECK(sms && sms->size == 37 && sms->type == ENTRY_FILE);
	bool old = evidence_find(e, "Manifest.mbdb") != NULL;
	CHECK(sms && sms->modified_at == 1650000000000000 && sms->created_at == (old ? TIME_NONE : 1640000000000000));
	CHECK(evidence_find(e, "Manifest.plist") && (old || evidence_find(e, "Manifest.db")) && evidence_find(e, "Info.plist") &&
	      evidence_find(e, "Status.plist"));
	content(e, "Info.plist", &err, &size);
	CHECK_INT(err, OK);
	CHECK(size > 100);
}

static void check_oddities(const struct evidence *e)
{
	enum err err;
	content(e, MOBILE "Library/gone.db", &err, NULL);
	CHECK_INT(err, ERR_NOT_FOUND);
	CHECK(noted(e, MOBILE "Library/gone.db", "is not in the backup"));
	CHECK_CONTENT(e, MOBILE "Library/grown.db", "longer than the manifest says, by far");
	CHECK(noted(e, MOBILE "Library/grown.db", "states 5 bytes, the backup holds 37"));
	CHECK_CONTENT(e, MOBILE "%2E%2E/%2E%2E/etc/passwd", "climbs");
	CHECK(noted(e, MOBILE "Library/bad-id", "not 40 hexadecimal digits"));
	CHECK(noted(e, MOBILE "Library/bad-record", "record in Manifest.db is unreadable"));
	CHECK_CONTENT(e, "unlisted/ab/abcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", "nobody names me");
	CHECK(noted(e, "unlisted/ab/abcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", "does not name it"));
}

TEST(itunes_plain)
{
	struct evidence *e;
	CHECK_INT(open_backup("plain", NULL, &e), OK);
	check_contents(e);
	check_oddities(e);
	CHECK_INT(evidence_count(e), 14 + 5 + 1 + 4);
	const struct entry *sms = evidence_find(e, MOBILE "Library/SMS/sms.db");
	CHECK(!sms->encrypted);
	int fd = evidence_entry_fd(e, sms);
	CHECK(fd >= 0);
	close(fd);
	evidence_free(e);
	/* A password that is not needed does no harm. */
	CHECK_INT(open_backup("plain", "whatever", &e), OK);
	evidence_free(e);
}

TEST(itunes_sealed)
{
	struct evidence *e;
	enum err err;
	CHECK_INT(open_backup("sealed", NULL, &e), ERR_PASSWORD);
	CHECK(strstr(err_message(), "--password") != NULL);
	CHECK_INT(open_backup("sealed", "wing-b 2-14", &e), ERR_PASSWORD);
	CHECK_TEXT(err_message(), "the password does not open this backup");
	CHECK_INT(open_backup("sealed", password, &e), OK);
	check_contents(e);
	check_oddities(e);
	const struct entry *sms = evidence_find(e, MOBILE "Library/SMS/sms.db");
	CHECK(sms->encrypted && sms->stored == 48);
	CHECK_INT(evidence_entry_fd(e, sms), -1);
	content(e, MOBILE "Library/device-only.db", &err, NULL);
	CHECK_INT(err, ERR_PASSWORD);
	CHECK(strstr(err_message(), "class 5") != NULL);
	CHECK(memcmp(content(e, "decrypted/Manifest.db", &err, NULL), "SQLite format 3", 16) == 0);
	CHECK_INT(err, OK);
	CHECK(memcmp(content(e, "Manifest.db", &err, NULL), "SQLite format 3", 16) != 0);
	CHECK_INT(evidence_count(e), 14 + 6 + 1 + 4 + 1);
	evidence_free(e);
}

TEST(itunes_before_10_2)
{
	struct evidence *e;
	CHECK_INT(open_backup("sealed9", "x", &e), ERR_PASSWORD);
	CHECK_INT(open_backup("sealed9", password, &e), OK);
	check_contents(e);
	CHECK_INT(evidence_note_count(e), 0);
	evidence_free(e);
}

TEST(itunes_damaged_content)
{
	struct evidence *e;
	enum err err;
	size_t size, got;
	/* sms.db of the sealed one: SHA-1 of its domain and path. */
	const char *name = "sealed/3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28";
	unsigned char *bytes = file_load(name, &size);
	CHECK(bytes && size == 48);
	bytes[size - 1] ^= 1;
	file_make(name, bytes, size);
	CHECK_INT(open_backup("sealed", password, &e), OK);
	content(e, MOBILE "Library/SMS/sms.db", &err, &got);
	CHECK_INT(err, ERR_CHANGED);
	CHECK_INT(got, 37);
	/* Cut while open, and before it was opened. */
	file_make(name, bytes, 20);
	content(e, MOBILE "Library/SMS/sms.db", &err, &got);
	CHECK_INT(err, ERR_CHANGED);
	evidence_free(e);
	CHECK_INT(open_backup("sealed", password, &e), OK);
	CHECK(strncmp(content(e, MOBILE "Library/SMS/sms.db", &err, &got), "short messages, ", 16) == 0);
	CHECK_INT(err, ERR_TRUNCATED);
	CHECK_INT(got, 16);
	CHECK(noted(e, MOBILE "Library/SMS/sms.db", "states 37 bytes, the backup holds 16"));
	evidence_free(e);
	/* At the edge of a block: only the record tells that something is missing. */
	file_make(name, bytes, 32);
	CHECK_INT(open_backup("sealed", password, &e), OK);
	content(e, MOBILE "Library/SMS/sms.db", &err, &got);
	CHECK_INT(err, ERR_TRUNCATED);
	CHECK_INT(got, 32);
	evidence_free(e);
	bytes[size - 1] ^= 1;
	file_make(name, bytes, size);
	/* Grown while open. */
	CHECK_INT(open_backup("sealed", password, &e), OK);
	unsigned char longer[64] = { 0 };
	memcpy(longer, bytes, 48);
	file_make(name, longer, 64);
	content(e, MOBILE "Library/SMS/sms.db", &err, &got);
	CHECK_INT(err, ERR_CHANGED);
	CHECK_INT(got, 0);
	evidence_free(e);
	file_make(name, bytes, size);
	free(bytes);
}

/* A link in the place of a file must not be followed. */
TEST(itunes_links_are_not_followed)
{
	struct evidence *e;
	enum err err;
	char path[600];
	snprintf(path, sizeof path, "%s", in_folder("plain/3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28"));
	CHECK_INT(unlink(path), 0);
	CHECK_INT(symlink("/etc/passwd", path), 0);
	CHECK_INT(open_backup("plain", NULL, &e), OK);
	content(e, MOBILE "Library/SMS/sms.db", &err, NULL);
	CHECK_INT(err, ERR_NOT_FOUND);
	evidence_free(e);
	CHECK_INT(unlink(path), 0);
	file_make("plain/3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28", "short messages, in truth no database\n", 37);
}

TEST(itunes_without_a_manifest)
{
	struct evidence *e;
	size_t size;
	unsigned char *db = file_load("plain/Manifest.db", &size);
	/* Cut: the rows before the cut, and all else unlisted. */
	for (size_t n = 0; n < size; n += 1021) {
		file_make("plain/Manifest.db", db, n);
		CHECK_INT(open_backup("plain", NULL, &e), OK);
		size_t files = 0;
		for (size_t i = 0; i < evidence_count(e); i++)
			files += evidence_entry(e, i)->type == ENTRY_FILE;
		CHECK(files >= 15 + 4);
		CHECK(noted(e, "Manifest.db", "unlisted/"));
		evidence_free(e);
	}
	unlink(in_folder("plain/Manifest.db"));
	CHECK_INT(open_backup("plain", NULL, &e), OK);
	CHECK_CONTENT(e, "unlisted/3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28",
		      "short messages, in truth no database\n");
	evidence_free(e);
	/* Bytes flipped: every file is still listed, under a name or under unlisted/. */
	for (size_t at = 0; at < size; at += 397) {
		db[at] ^= 0xff;
		file_make("plain/Manifest.db", db, size);
		enum err x = open_backup("plain", NULL, &e);
		CHECK_INT(x, OK);
		if (!x)
			evidence_free(e);
		db[at] ^= 0xff;
	}
	file_make("plain/Manifest.db", db, size);
	free(db);
}

TEST(itunes_before_10)
{
	struct evidence *e;
	CHECK_INT(open_backup("old", NULL, &e), OK);
	check_contents(e);
	CHECK_INT(evidence_note_count(e), 0);
	CHECK_INT(evidence_count(e), 14 + 4);
	evidence_free(e);
	CHECK_INT(open_backup("old_sealed", NULL, &e), ERR_PASSWORD);
	CHECK_INT(open_backup("old_sealed", "x", &e), ERR_PASSWORD);
	CHECK_INT(open_backup("old_sealed", password, &e), OK);
	check_contents(e);
	CHECK_INT(evidence_note_count(e), 0);
	const struct entry *sms = evidence_find(e, MOBILE "Library/SMS/sms.db");
	CHECK(sms && sms->encrypted && sms->stored == 48);
	evidence_free(e);
}

static enum err row_count(void *context, const struct itunes_row *row)
{
	size_t *rows = context;
	CHECK(row->domain_size > 0 && row->id_good && row->record);
	++*rows;
	return OK;
}

TEST(itunes_damaged_mbdb)
{
	struct evidence *e;
	size_t size, whole = 0, rows, before = 0;
	unsigned char *bytes = file_load("old/Manifest.mbdb", &size);
	CHECK(bytes && size > 1000);
	if (!bytes)
		return;
	/* Cut at every length (and nothing behind it may be read): only a cut between two records goes unseen. */
	for (size_t n = 0; n <= size; n++) {
		unsigned char *copy = malloc(n + 1);
		memcpy(copy, bytes, n);
		rows = 0;
		whole += itunes_mbdb_read(copy, n, row_count, &rows) == OK;
		CHECK(rows == before || rows == before + 1);
		before = rows;
		free(copy);
	}
	CHECK_INT(whole, 14 + 1);
	CHECK_INT(before, 14);
	for (size_t at = 0; at < size; at++) {
		bytes[at] ^= 0xff;
		enum err x = itunes_mbdb_read(bytes, size, row_count, &rows);
		CHECK(x == OK || (x == ERR_FORMAT && strstr(err_message(), "Manifest.mbdb")));
		bytes[at] ^= 0xff;
	}
	/* No file of the folder is lost by it. */
	for (size_t n = 0; n < size; n += 211) {
		file_make("old/Manifest.mbdb", bytes, n);
		CHECK_INT(open_backup("old", NULL, &e), OK);
		size_t files = 0;
		for (size_t i = 0; i < evidence_count(e); i++)
			files += evidence_entry(e, i)->type == ENTRY_FILE;
		CHECK_INT(files, 12 + 4);
		CHECK(noted(e, "Manifest.mbdb", "unlisted/"));
		evidence_free(e);
	}
	file_make("old/Manifest.mbdb", bytes, size);
	free(bytes);
}

TEST(itunes_damaged_manifest_plist)
{
	struct evidence *e;
	size_t size;
	unsigned char *plist = file_load("sealed/Manifest.plist", &size);
	for (size_t at = 0; at < size; at += 37) {
		plist[at] ^= 0x55;
		file_make("sealed/Manifest.plist", plist, size);
		enum err x = open_backup("sealed", password, &e);
		CHECK(x == OK || x == ERR_PASSWORD || x == ERR_LIMIT);
		if (!x) {
			CHECK(evidence_count(e) > 17);
			evidence_free(e);
		}
		plist[at] ^= 0x55;
	}
	file_make("sealed/Manifest.plist", plist, 20);
	CHECK_INT(open_backup("sealed", password, &e), OK);
	CHECK(noted(e, "Manifest.plist", "cannot be read"));
	CHECK(noted(e, "Manifest.db", "no key to decrypt it"));
	evidence_free(e);
	file_make("sealed/Manifest.plist", plist, size);
	free(plist);
}

/* --- Android --- */

static enum err into_stream(void *context, const void *bytes, size_t size) { return into_buf(context, bytes, size); }

/* Reads an .ab in memory, in pieces of `piece` bytes. */
static enum err ab_all(const unsigned char *bytes, size_t size, const char *secret, size_t piece, struct buf *out,
		       bool *ret_checked)
{
	struct ab_header h;
	struct ab_keys keys;
	enum err e = ab_header_read(bytes, size, &h);
	*ret_checked = false;
	if (!e && h.encrypted)
		e = ab_unlock(&h, secret, &keys);
	if (e)
		return e;
	*ret_checked = h.encrypted && keys.checked;
	struct ab_stream *s = ab_stream_new(h.compressed, h.encrypted ? &keys : NULL, 1 << 20, into_stream, out);
	for (size_t at = h.size; !e && at < size; at += piece)
		e = ab_stream_feed(s, bytes + at, size - at < piece ? size - at : piece);
	if (!e)
		e = ab_stream_end(s);
	ab_stream_free(s);
	return e;
}

TEST(ab_streams_give_the_tar)
{
	static const struct {
		const char *name, *secret;
	} cases[] = {
		{ "plain.ab", NULL },	    { "stored.ab", NULL },
		{ "v1.ab", password_wide }, { "v2.ab", password },
		{ "v3.ab", password },	    { "v4.ab", password },
		{ "v5.ab", password },	    { "wide.ab", password_wide },
		{ "bytes.ab", password },   { "sealed_stored.ab", password },
	};
	static const size_t pieces[] = { 1, 15, 16, 17, 4096, 1 << 20 };
	size_t tar_size, size;
	unsigned char *tar = file_load("tar", &tar_size);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned char *bytes = file_load(cases[i].name, &size);
		for (size_t j = 0; j < sizeof pieces / sizeof *pieces; j++) {
			struct buf out = { 0 };
			bool checked;
			CHECK_INT(ab_all(bytes, size, cases[i].secret, pieces[j], &out, &checked), OK);
			CHECK(out.size == tar_size && memcmp(out.data, tar, tar_size) == 0);
			CHECK(checked == (cases[i].secret != NULL));
			buf_free(&out);
		}
		free(bytes);
	}
	free(tar);
}

TEST(ab_wrong_password)
{
	size_t size;
	bool checked;
	struct buf out = { 0 };
	unsigned char *bytes = file_load("v4.ab", &size);
	CHECK_INT(ab_all(bytes, size, "", 4096, &out, &checked), ERR_PASSWORD);
	CHECK_INT(ab_all(bytes, size, "Wing-B 2-15", 4096, &out, &checked), ERR_PASSWORD);
	CHECK_INT(ab_all(bytes, size, password_wide, 4096, &out, &checked), ERR_PASSWORD);
	CHECK_INT(ab_all(bytes, size, "\xff\xfe", 4096, &out, &checked), ERR_PASSWORD);
	CHECK_INT(out.size, 0);
	free(bytes);
}

TEST(ab_damage)
{
	size_t size;
	bool checked;
	unsigned char *bytes = file_load("v4.ab", &size);
	struct buf whole = { 0 };
	CHECK_INT(ab_all(bytes, size, password, 4096, &whole, &checked), OK);
	struct ab_header h;
	CHECK_INT(ab_header_read(bytes, size, &h), OK);
	for (size_t n = 0; n < size; n++) {
		struct buf out = { 0 };
		enum err e = ab_all(bytes, n, password, 4096, &out, &checked);
		CHECK(n < 15 ? e == ERR_FORMAT : e == ERR_TRUNCATED);
		CHECK(out.size <= whole.size && (!out.size || memcmp(out.data, whole.data, out.size) == 0));
		buf_free(&out);
	}
	for (size_t at = 0; at < size; at++) {
		struct buf out = { 0 };
		bytes[at] ^= 0x10;
		enum err e = ab_all(bytes, size, password, 4096, &out, &checked);
		/* In the checksum's salt: the key is still had, but unconfirmed. */
		CHECK(e == OK ? !checked || at < 18 :
				e == ERR_FORMAT || e == ERR_TRUNCATED || e == ERR_PASSWORD || e == ERR_UNSUPPORTED ||
					e == ERR_LIMIT);
		CHECK(at < h.size || e != OK);
		bytes[at] ^= 0x10;
		buf_free(&out);
	}
	buf_free(&whole);
	free(bytes);
}

/* Without compression only the padding tells whether the end is there. */
TEST(ab_cut_without_compression)
{
	size_t size;
	bool checked;
	unsigned char *bytes = file_load("sealed_stored.ab", &size);
	struct buf more = { 0 };
	bytes[size] = 0; /* file_load leaves room for one byte: a block begun behind the last */
	CHECK_INT(ab_all(bytes, size + 1, password, 4096, &more, &checked), ERR_TRUNCATED);
	buf_free(&more);
	for (size_t n = size - 70; n < size; n++) {
		struct buf out = { 0 };
		CHECK_INT(ab_all(bytes, n, password, 4096, &out, &checked), ERR_TRUNCATED);
		buf_free(&out);
	}
	free(bytes);
}

TEST(ab_header_is_bounded)
{
	struct ab_header h;
	static const char future[] = "ANDROID BACKUP\n6\n1\nnone\n", cipher[] = "ANDROID BACKUP\n5\n1\nROT-13\n",
			  big[] = "ANDROID BACKUP\n99999999999\n1\nnone\n", two[] = "ANDROID BACKUP\n5\n2\nnone\n";
	CHECK_INT(ab_header_read(future, sizeof future - 1, &h), ERR_UNSUPPORTED);
	CHECK_INT(ab_header_read(cipher, sizeof cipher - 1, &h), ERR_UNSUPPORTED);
	CHECK_INT(ab_header_read(big, sizeof big - 1, &h), ERR_FORMAT);
	CHECK_INT(ab_header_read(two, sizeof two - 1, &h), ERR_FORMAT);
	size_t size;
	unsigned char *bytes = file_load("v4.ab", &size);
	CHECK_INT(ab_header_read(bytes, size, &h), OK);
	h.rounds = 4000000000u;
	struct ab_keys keys;
	CHECK_INT(ab_unlock(&h, password, &keys), ERR_LIMIT);
	h.rounds = 0;
	CHECK_INT(ab_unlock(&h, password, &keys), ERR_FORMAT);
	free(bytes);
}

/* A stream that unpacks without end stops at the limit. */
TEST(ab_bomb)
{
	size_t size;
	unsigned char *bytes = file_load("bomb.ab", &size);
	struct buf out = { 0 };
	bool checked;
	CHECK_INT(ab_all(bytes, size, NULL, 4096, &out, &checked), ERR_LIMIT);
	CHECK(out.size <= 1 << 20);
	buf_free(&out);
	free(bytes);
}

static void check_android(const struct evidence *e, const char *prefix)
{
	static const struct {
		const char *path, *text;
	} want[] = {
		{ "apps/org.example.chat/_manifest", "1\norg.example.chat\n" },
		{ "apps/org.example.chat/k/pairs", "key and value" },
		{ "apps/org.example.chat/zz/odd", "a token of the future" },
		{ "data/app/org.example.chat/base.apk", "PK no apk" },
		{ "data/data/org.example.chat/app_webview/Cookies", "in the root" },
		{ "data/data/org.example.chat/cache/cached", "in cache" },
		{ "data/data/org.example.chat/files/note.txt", "in files" },
		{ "data/data/org.example.chat/no_backup/kept", "in no_backup" },
		{ "data/data/org.example.chat/shared_prefs/settings.xml", "<map />" },
		{ "data/media/0/Android/data/org.example.chat/files/media/voice.opus", "outside" },
		{ "data/media/0/Android/obb/org.example.chat/main.obb", "obb" },
		{ "data/media/0/DCIM/Camera/1.jpg", "shared picture" },
		{ "data/user_de/0/org.example.chat/databases/d.db", "device-protected database" },
		{ "data/user_de/0/org.example.chat/files/000000_sms_backup", "device-protected" },
	};
	char path[300];
	enum err err;
	size_t size;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		snprintf(path, sizeof path, "%s%s", prefix, want[i].path);
		CHECK_CONTENT(e, path, want[i].text);
	}
	snprintf(path, sizeof path, "%sdata/data/org.example.chat/databases/chat.db", prefix);
	content(e, path, &err, &size);
	CHECK_INT(err, OK);
	CHECK_INT(size, 3000);
	const struct entry *db = evidence_find(e, path);
	CHECK(db && db->modified_at == 1700000000000000 && db->size == 3000);
}

TEST(ab_as_evidence)
{
	struct evidence *e;
	CHECK_INT(open_backup("plain.ab", NULL, &e), OK);
	CHECK_TEXT(evidence_kind(e), "android-backup");
	CHECK_INT(evidence_count(e), 15);
	CHECK_INT(evidence_note_count(e), 0);
	check_android(e, "");
	CHECK(!evidence_entry(e, 0)->encrypted);
	evidence_free(e);
	CHECK_INT(open_backup("stored.ab", NULL, &e), OK);
	check_android(e, "");
	evidence_free(e);
	CHECK_INT(open_backup("v4.ab", NULL, &e), ERR_PASSWORD);
	CHECK(strstr(err_message(), "--password") != NULL);
	CHECK_INT(open_backup("v4.ab", "wrong", &e), ERR_PASSWORD);
	CHECK(strstr(err_message(), "does not open") != NULL);
	CHECK_INT(open_backup("v4.ab", password, &e), OK);
	check_android(e, "");
	CHECK(evidence_entry(e, 0)->encrypted);
	evidence_free(e);
	CHECK_INT(open_backup("v1.ab", password_wide, &e), OK);
	check_android(e, "");
	evidence_free(e);
}

TEST(ab_cut_is_listed_as_far_as_it_goes)
{
	struct evidence *e;
	size_t size;
	unsigned char *bytes = file_load("v4.ab", &size);
	file_make("cut.ab", bytes, size - 700);
	CHECK_INT(open_backup("cut.ab", password, &e), OK);
	CHECK(evidence_count(e) > 0 && evidence_count(e) < 16);
	CHECK(noted(e, "", "ends early"));
	CHECK_CONTENT(e, "apps/org.example.chat/_manifest", "1\norg.example.chat\n");
	evidence_free(e);
	/* So little that nothing is there. */
	struct ab_header h;
	CHECK_INT(ab_header_read(bytes, size, &h), OK);
	file_make("cut.ab", bytes, h.size + 32);
	CHECK_INT(open_backup("cut.ab", password, &e), ERR_TRUNCATED);
	free(bytes);
	/* The checksum's salt damaged: the key's form and the tar say that the password was right. */
	bytes = file_load("v4.ab", &size);
	unsigned char *salt = memchr(bytes + 30, '\n', size - 30);
	salt[5] = salt[5] == 'A' ? 'B' : 'A';
	file_make("salt.ab", bytes, size);
	CHECK_INT(open_backup("salt.ab", password, &e), OK);
	CHECK(noted(e, "", "checksum does not fit"));
	check_android(e, "");
	evidence_free(e);
	free(bytes);
}

TEST(ab_in_a_folder)
{
	struct evidence *e;
	size_t size;
	unsigned char *bytes = file_load("v5.ab", &size);
	CHECK_INT(mkdir(in_folder("nest"), 0700), 0);
	file_make("nest/phone.ab", bytes, size);
	CHECK_INT(open_backup("nest", password, &e), OK);
	check_android(e, "phone.ab!/");
	evidence_free(e);
	CHECK_INT(open_backup("nest", NULL, &e), OK);
	CHECK(noted(e, "phone.ab", "--password"));
	CHECK_INT(evidence_count(e), 1);
	evidence_free(e);
	free(bytes);
}

/* A computer's folder of backups: each is read as what it is, and one that cannot be opened as the files that lie there. */
TEST(itunes_below_a_folder)
{
	struct evidence *e;
	char command[2048];
	snprintf(command, sizeof command, "mkdir -p '%s/pc/MobileSync/Backup' && cd '%s' && cp -r plain pc/MobileSync/Backup/0001 && cp -r sealed pc/MobileSync/Backup/0002 && "
		 "cp -r old pc/0003 && echo note > pc/MobileSync/note.txt", folder, folder);
	CHECK_INT(system(command), 0);
	CHECK_INT(open_backup("pc", password, &e), OK);
	CHECK_TEXT(evidence_kind(e), "folder");
	CHECK_CONTENT(e, "MobileSync/Backup/0001!/" MOBILE "Library/SMS/sms.db", "short messages, in truth no database\n");
	CHECK_CONTENT(e, "MobileSync/Backup/0002!/" MOBILE "Library/SMS/sms.db", "short messages, in truth no database\n");
	CHECK_CONTENT(e, "0003!/" MOBILE "Library/SMS/sms.db", "short messages, in truth no database\n");
	CHECK_CONTENT(e, "MobileSync/note.txt", "note\n");
	CHECK(evidence_find(e, "MobileSync/Backup/0001!/unlisted/ab/abcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd") != NULL);
	/* Nothing twice: of the folders themselves only their own entry. */
	CHECK(evidence_find(e, "MobileSync/Backup/0001") && !evidence_find(e, "MobileSync/Backup/0001/Manifest.db"));
	CHECK_INT(evidence_count(e), 6 + (14 + 5 + 1 + 4) + (14 + 6 + 1 + 4 + 1) + (14 + 4));
	int fd = evidence_entry_fd(e, evidence_find(e, "0003!/" MOBILE "Library/SMS/sms.db"));
	CHECK(fd >= 0);
	close(fd);
	evidence_free(e);
	CHECK_INT(open_backup("pc", NULL, &e), OK);
	CHECK(noted(e, "MobileSync/Backup/0002", "--password"));
	CHECK(evidence_find(e, "MobileSync/Backup/0002/Manifest.db") && evidence_find(e, "MobileSync/Backup/0002/3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28"));
	CHECK_CONTENT(e, "MobileSync/Backup/0001!/" MOBILE "Library/SMS/sms.db", "short messages, in truth no database\n");
	evidence_free(e);
}

/* --- Manifest.db in the sandbox --- */

static enum err open_boxed(const char *name, const char *word, sandbox_fn *fn, struct evidence **ret)
{
	sandbox_fn *fns[] = { fn };
	struct sandbox *box = NULL;
	CHECK_INT(sandbox_new(fns, 1, &box), OK);
	struct evidence_options o = { .password = word, .scratch = folder, .sandbox = box };
	enum err e = box ? evidence_open(in_folder(name), &o, ret) : ERR_SANDBOX;
	sandbox_free(box);
	return e;
}

TEST(itunes_in_the_sandbox)
{
	struct evidence *e, *plain;
	CHECK_INT(open_boxed("plain", NULL, evidence_manifest_worker, &e), OK);
	check_contents(e);
	check_oddities(e);
	evidence_free(e);
	CHECK_INT(open_boxed("sealed", password, evidence_manifest_worker, &e), OK);
	check_contents(e);
	check_oddities(e);
	evidence_free(e);
	/* Damaged, it gives the same entries and notes as without. */
	size_t size;
	unsigned char *db = file_load("plain/Manifest.db", &size);
	for (size_t n = 50; n < size; n += 4001) {
		file_make("plain/Manifest.db", db, n);
		CHECK_INT(open_boxed("plain", NULL, evidence_manifest_worker, &e), OK);
		CHECK_INT(open_backup("plain", NULL, &plain), OK);
		CHECK_INT(evidence_count(e), evidence_count(plain));
		CHECK_INT(evidence_note_count(e), evidence_note_count(plain));
		for (size_t i = 0; i < evidence_count(e) && i < evidence_count(plain); i++)
			CHECK_TEXT(evidence_entry(e, i)->path, evidence_entry(plain, i)->path);
		for (size_t i = 0; i < evidence_note_count(e) && i < evidence_note_count(plain); i++)
			CHECK_TEXT(evidence_note(e, i).reason, evidence_note(plain, i).reason);
		evidence_free(e);
		evidence_free(plain);
	}
	file_make("plain/Manifest.db", db, size);
	free(db);
}

static void out_put(int out, const char *bytes, size_t size)
{
	if (write(out, bytes, size) != (ssize_t)size)
		_exit(9);
}

#define LIAR(name) static int name(const void *job, size_t job_size, const int *fds, int fd_count, int out)
#define LIAR_UNUSED() (void)job, (void)job_size, (void)fds, (void)fd_count, (void)out

LIAR(liar_dies)
{
	LIAR_UNUSED();
	abort();
}

LIAR(liar_says_nothing)
{
	LIAR_UNUSED();
	return 0;
}

LIAR(liar_short_row)
{
	LIAR_UNUSED();
	out_put(out, "\3\0\0\0Rabc", 8);
	return 0;
}

/* A row that names a file outside: sizes and texts are right, the name on disk is not. */
LIAR(liar_climbs)
{
	LIAR_UNUSED();
	struct buf b = { 0 };
	static const char zero[128];
	buf_add(&b, "\3", 1); /* "the id is good, and there is a record" */
	buf_add(&b, zero, 20 + 44);
	buf_add(&b, "\1\0\0\0\0\0\0\0", 8);
	buf_add(&b, zero, 8 + 4 + 4 + 8 + 8);
	buf_add(&b, "\16\0\0\0../../../etc/p", 4 + 14);
	buf_add(&b, "\12\0\0\0HomeDomain", 4 + 10);
	buf_add(&b, "\1\0\0\0x", 5);
	buf_add(&b, zero, 4);
	char head[5] = { (char)b.size, 0, 0, 0, 'R' };
	out_put(out, head, 5);
	out_put(out, b.data, b.size);
	out_put(out, "\10\0\0\0Z\0\0\0\0\0\0\0\0", 13);
	return 0;
}

TEST(itunes_worker_is_not_trusted)
{
	static const struct {
		sandbox_fn *fn;
		const char *note;
	} liars[] = {
		{ liar_dies, "ended early" }, { liar_says_nothing, "ended early" }, { liar_short_row, "a wrong row" }, { liar_climbs, NULL },
	};
	for (size_t i = 0; i < sizeof liars / sizeof *liars; i++) {
		struct evidence *e;
		CHECK_INT(open_boxed("plain", NULL, liars[i].fn, &e), OK);
		CHECK(!liars[i].note || noted(e, "Manifest.db", liars[i].note));
		CHECK_CONTENT(e, "unlisted/3d/3d0d7e5fb2ce288813306e4d4636395e047a3d28", "short messages, in truth no database\n");
		if (!liars[i].note)
			CHECK(noted(e, MOBILE "x", "not 40 hexadecimal digits"));
		evidence_free(e);
	}
}

int main(void)
{
	char command[1200];
	const char *source = getenv("CUSTOS_SOURCE");
	if (!folder_begin())
		return 1;
	snprintf(command, sizeof command, "python3 '%s/tests/unit/make_backups.py' '%s'", source ? source : ".",
		 folder);
	if (system(command) != 0) {
		fprintf(stderr, "make_backups.py failed\n");
		return 1;
	}
	RUN(key_unwrap_follows_rfc_3394);
	RUN(derivation_follows_rfc_6070_and_is_bounded);
	RUN(padding_is_recognised);
	RUN(keybag_opens);
	RUN(keybag_bounds_its_rounds);
	RUN(keybag_cut_anywhere);
	RUN(itunes_plain);
	RUN(itunes_sealed);
	RUN(itunes_before_10_2);
	RUN(itunes_damaged_content);
	RUN(itunes_links_are_not_followed);
	RUN(itunes_without_a_manifest);
	RUN(itunes_before_10);
	RUN(itunes_damaged_mbdb);
	RUN(itunes_damaged_manifest_plist);
	RUN(ab_streams_give_the_tar);
	RUN(ab_wrong_password);
	RUN(ab_damage);
	RUN(ab_cut_without_compression);
	RUN(ab_header_is_bounded);
	RUN(ab_bomb);
	RUN(ab_as_evidence);
	RUN(ab_cut_is_listed_as_far_as_it_goes);
	RUN(ab_in_a_folder);
	RUN(itunes_below_a_folder);
	RUN(itunes_in_the_sandbox);
	RUN(itunes_worker_is_not_trusted);
	folder_end();
	return check_done();
}
