/* Zip evidence, against zips that Python put together field by field, zipfile, 7z, bsdtar and zip made. */
#include "evidence_help.h"

#include <openssl/evp.h>

#include "base/time.h"

#define PASSWORD "Wing-B 2-14"

static struct evidence *zip_open_as(const char *name, const char *password)
{
	struct evidence *e = NULL;
	struct evidence_options o = { .password = password };
	CHECK_INT(evidence_open(in_folder(name), &o, &e), OK);
	if (e)
		CHECK_TEXT(evidence_kind(e), "zip");
	return e;
}

static struct evidence *zip_open(const char *name) { return zip_open_as(name, NULL); }

static void check_err(const struct evidence *e, const char *path, enum err want, const char *got)
{
	enum err err;
	const char *text = content(e, path, &err, NULL);
	CHECK_INT(err, want);
	if (got)
		CHECK_TEXT(text, got);
	if (err != want)
		fprintf(stderr, "  (%s: %s)\n", path, err_message());
}

TEST(content_and_types)
{
	struct evidence *e = zip_open("usual.zip");
	CHECK_CONTENT(e, "data/a.txt", "alpha");
	CHECK_CONTENT(e, "data/stored", "as it is");
	CHECK_CONTENT(e, "data/empty", "");
	CHECK_CONTENT(e, "twice", "second");
	CHECK_INT(evidence_find(e, "data")->type, ENTRY_FOLDER);
	CHECK_INT(evidence_find(e, "data/pipe")->type, ENTRY_OTHER);
	const struct entry *link = evidence_find(e, "data/link");
	CHECK_INT(link->type, ENTRY_LINK);
	CHECK_TEXT(link->target, "../../etc/passwd");
	CHECK_INT(evidence_find(e, "data/a.txt")->crc32, 0xd0e0396a);
	size_t twice = 0;
	for (size_t i = 0; i < evidence_count(e); i++)
		twice += strcmp(evidence_entry(e, i)->path, "twice") == 0;
	CHECK_INT(twice, 2);
	enum err err;
	size_t size;
	const char *big = content(e, "big", &err, &size);
	CHECK_INT(err, OK);
	CHECK_INT(size, 20000000);
	CHECK(size == 20000000 && memcmp(big + size - 16, "0123456789abcdef", 16) == 0);
	content(e, "big-stored", &err, &size);
	CHECK_INT(err, OK);
	CHECK_INT(size, 256 * 70000);
	content(e, "noise", &err, &size);
	CHECK_INT(err, OK);
	CHECK_INT(size, 3000000);
	CHECK_INT(evidence_entry_fd(e, evidence_find(e, "data/a.txt")), -1);
	CHECK(evidence_contains(e, in_folder("usual.zip")));
	CHECK(!evidence_contains(e, in_folder("usual.exhibit")));
	evidence_free(e);
}

TEST(names)
{
	struct evidence *e = zip_open("usual.zip");
	CHECK_CONTENT(e, "abs/olute", "abs");
	CHECK(noted(e, "abs/olute", "begin with '/'"));
	CHECK_CONTENT(e, "up/%2E%2E/%2E%2E/x", "up");
	CHECK(noted(e, "up/%2E%2E/%2E%2E/x", "leads out"));
	CHECK_CONTENT(e, "a\\b", "backslash");
	CHECK_CONTENT(e, "C/d", "dos");
	CHECK_CONTENT(e, "caf\xc3\xa9", "flag");
	CHECK_CONTENT(e, "th\xc3\xa9", "no flag");
	CHECK_CONTENT(e, "na\xc3\xafve", "437");
	CHECK_CONTENT(e, "line%0Afeed%1B[2J%00", "control");
	CHECK_CONTENT(e, "\xe6\x97\xa5\xe6\x9c\xac", "info");
	CHECK_CONTENT(e, "stale", "stale");
	evidence_free(e);
	e = zip_open("odd.zip");
	CHECK_CONTENT(e, "bad%FF%FE", "bytes");
	CHECK(noted(e, "bad%FF%FE", "no UTF-8"));
	CHECK_CONTENT(e, "short-extra", "rubbish");
	evidence_free(e);
}

TEST(times)
{
	struct evidence *e = zip_open("usual.zip");
	CHECK_INT(evidence_find(e, "ut")->modified_at, -86400000000);
	const struct entry *ntfs = evidence_find(e, "ntfs");
	CHECK_INT(ntfs->modified_at, 1700000000500000);
	CHECK_INT(ntfs->accessed_at, 1700000001500000);
	CHECK_INT(ntfs->created_at, 1600000000500000);
	CHECK_INT(evidence_find(e, "never")->modified_at, TIME_NONE);
	int64_t want;
	CHECK(time_parse("2025-01-01T12:00:00Z", &want)); /* DOS 0x5a21 0x6000 */
	CHECK_INT(evidence_find(e, "data/a.txt")->modified_at, want);
	CHECK(noted(e, "", "DOS times"));
	evidence_free(e);
}

TEST(shapes)
{
	static const char *const names[] = { "small.zip", "comment.zip", "prefix-small.zip", "zip64.zip", "prefix-zip64.zip", "wrong-count.zip",
					     "count-of-one.zip", "prefix-counted.zip" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct evidence *e = zip_open(names[i]);
		CHECK_CONTENT(e, "a", "alpha");
		if (i < 7)
			CHECK_CONTENT(e, "b", "beta");
		CHECK_INT(noted(e, "", "before the zip"), i == 2 || i == 4);
		CHECK_INT(noted(e, "", "where it states 7"), i == 5);
		CHECK_INT(noted(e, "", "has 2 entries where it states 1"), i == 6);
		evidence_free(e);
	}
	struct evidence *e = zip_open("empty.zip");
	CHECK_INT(evidence_count(e), 0);
	CHECK_INT(evidence_note_count(e), 0);
	evidence_free(e);
	e = zip_open("methods.zip");
	check_err(e, "lzma", ERR_UNSUPPORTED, "");
	check_err(e, "strong", ERR_UNSUPPORTED, "");
	CHECK(evidence_find(e, "strong")->encrypted);
	CHECK_CONTENT(e, "a", "alpha");
	evidence_free(e);
	CHECK_INT(evidence_open(in_folder("zip-at-end.tar"), NULL, &e), OK);
	CHECK_TEXT(evidence_kind(e), "tar");
	evidence_free(e);
}

TEST(liars)
{
	struct evidence *e = zip_open("liars.zip");
	check_err(e, "bad-crc", ERR_CHANGED, "alpha");
	CHECK(strstr(err_message(), "CRC-32 is d0e0396a, stated 00000001"));
	check_err(e, "more", ERR_LIMIT, "xxxxxxxxxx");
	check_err(e, "less", ERR_TRUNCATED, "alpha");
	check_err(e, "less-stored", ERR_TRUNCATED, "alpha");
	check_err(e, "more-stored", ERR_LIMIT, "alpha");
	check_err(e, "cut", ERR_TRUNCATED, NULL);
	enum err err;
	size_t size;
	content(e, "cut", &err, &size);
	CHECK(size > 100 && size < 500); /* what came before the damage is given */
	check_err(e, "garbage", ERR_FORMAT, "good");
	content(e, "big-more", &err, &size);
	CHECK_INT(err, ERR_LIMIT);
	CHECK_INT(size, 20000000);
	check_err(e, "nowhere", ERR_FORMAT, "");
	check_err(e, "beyond", ERR_TRUNCATED, "");
	CHECK_CONTENT(e, "good", "good");
	evidence_free(e);
}

TEST(bombs)
{
	struct evidence *e = zip_open("same.zip");
	size_t readable = 0;
	CHECK_INT(evidence_count(e), 1000);
	for (size_t i = 0; i < evidence_count(e); i++) {
		enum err err;
		content(e, evidence_entry(e, i)->path, &err, NULL);
		CHECK(err == OK || err == ERR_FORMAT);
		readable += err == OK;
	}
	CHECK_INT(readable, 1);
	CHECK(noted(e, "0", "overlaps"));
	evidence_free(e);
	e = zip_open("quoted.zip");
	CHECK_INT(evidence_count(e), 20);
	check_err(e, "q00", ERR_FORMAT, "");
	check_err(e, "q18", ERR_FORMAT, "");
	check_err(e, "q19", OK, NULL); /* the innermost alone is what it says */
	evidence_free(e);
	e = zip_open("overlap.zip");
	check_err(e, "swallow", ERR_FORMAT, "");
	check_err(e, "inside", ERR_FORMAT, "");
	check_err(e, "honest", OK, NULL);
	check_err(e, "later", OK, NULL);
	evidence_free(e);
}

static void check_repeats(const struct evidence *e, const char *path, const char *part, size_t times, enum err want)
{
	enum err err;
	size_t size, n = strlen(part);
	const char *text = content(e, path, &err, &size);
	CHECK_INT(err, want);
	CHECK(want || size == n * times);
	for (size_t i = 0; i + n <= size; i += n)
		if (memcmp(text + i, part, n) != 0) {
			CHECK(!"content repeats");
			return;
		}
}

TEST(cut_off)
{
	static const char *const names[] = { "no-directory.zip", "cut.zip", "half-directory.zip" };
	for (size_t i = 0; i < 3; i++) {
		struct evidence *e = zip_open(names[i]);
		CHECK_INT(evidence_count(e), 7); /* not those of the zip that lies in the zip */
		check_repeats(e, "data/a.txt", "alpha", 100, OK);
		check_repeats(e, "d32", "streamed ", 500, OK);
		check_repeats(e, "d64", "streamed ", 500, OK);
		check_repeats(e, "bare", "streamed ", 500, OK);
		check_repeats(e, "stream-stored", "streamed ", 500, OK);
		check_repeats(e, "last", "last one ", 10000, i == 1 ? ERR_TRUNCATED : OK);
		CHECK(i == 2 ? noted(e, "", "where it states 7") : noted(e, "", "no directory at the end"));
		CHECK(noted(e, "", "found by their local headers"));
		CHECK_INT(noted(e, "last", "cut off"), i == 1);
		CHECK(!noted(e, "d32", "cut off") && !noted(e, "d64", "cut off") && !noted(e, "bare", "cut off"));
		evidence_free(e);
	}
	struct evidence *e = zip_open("unsized-cut.zip");
	const struct entry *only = evidence_find(e, "only");
	CHECK(only && only->size > 0 && only->size < 55000);
	check_repeats(e, "only", "unfinished ", 5000, ERR_TRUNCATED);
	CHECK(noted(e, "only", "cut off"));
	evidence_free(e);
}

TEST(old_cipher)
{
	struct evidence *e = zip_open_as("crypto.zip", PASSWORD);
	check_repeats(e, "old", "the secret text ", 50, OK);
	check_repeats(e, "old-stream", "the secret text ", 50, OK);
	check_repeats(e, "old-stored", "the secret text ", 50, OK);
	CHECK(evidence_find(e, "old")->encrypted);
	evidence_free(e);
	struct evidence_options wrong = { .password = "wrong" };
	CHECK_INT(evidence_open(in_folder("crypto.zip"), &wrong, &e), ERR_PASSWORD);
	CHECK_INT(evidence_open(in_folder("crypto.zip"), NULL, &e), ERR_PASSWORD);
	CHECK(strstr(err_message(), "password is needed"));
}

TEST(aes)
{
	struct evidence *e;
	struct evidence_options wrong = { .password = "wrong" };
	if (access(in_folder("aes.zip"), F_OK))
		SKIP("no openssl program here to encrypt with");
	e = zip_open_as("aes.zip", PASSWORD);
	static const char *const names[] = { "aes1-1", "aes1-2", "aes2-1", "aes2-2", "aes3-1", "aes3-2", "stored" };
	for (size_t i = 0; i < 7; i++)
		check_repeats(e, names[i], "the secret text ", 50, OK);
	check_err(e, "damaged", ERR_CHANGED, NULL);
	CHECK(strstr(err_message(), "authentication code"));
	check_err(e, "short", ERR_FORMAT, "");
	evidence_free(e);
	e = zip_open_as("locked.zip", PASSWORD);
	check_repeats(e, "big", "0123456789abcdef", 1250000, OK);
	check_repeats(e, "big-stored", "0123456789abcdef", 1062500, OK);
	evidence_free(e);
	CHECK_INT(evidence_open(in_folder("aes.zip"), NULL, &e), ERR_PASSWORD);
	CHECK_INT(evidence_open(in_folder("aes.zip"), &wrong, &e), ERR_PASSWORD);
	/* What can be read without is read. */
	e = zip_open("mixed.zip");
	CHECK_CONTENT(e, "open", "open");
	check_err(e, "aes1-1", ERR_PASSWORD, "");
	CHECK(noted(e, "", "9 of 10 files are encrypted"));
	evidence_free(e);
	e = zip_open_as("mixed.zip", "wrong");
	CHECK_CONTENT(e, "open", "open");
	CHECK(noted(e, "", "password is wrong"));
	evidence_free(e);
}

TEST(ciphers_of_other_programs)
{
	static const char *const names[] = { "7z.zip", "bsdtar.zip", "infozip.zip" };
	int there = 0;
	for (size_t i = 0; i < 3; i++) {
		if (access(in_folder(names[i]), F_OK))
			continue;
		there++;
		struct evidence *e = zip_open_as(names[i], PASSWORD);
		check_repeats(e, "secret.txt", "the secret text ", 50, OK);
		evidence_free(e);
	}
	if (!there)
		SKIP("no 7z, bsdtar or zip here to encrypt with");
}

TEST(nested)
{
	struct evidence *e = NULL;
	CHECK_INT(evidence_open(in_folder("nest"), NULL, &e), OK);
	CHECK_TEXT(evidence_kind(e), "folder");
	CHECK_CONTENT(e, "phone.zip!/a", "alpha");
	CHECK_INT(evidence_find(e, "phone.zip")->type, ENTRY_FILE);
	CHECK(evidence_find(e, "deeper/phone.zip") != NULL);
	CHECK(evidence_find(e, "deeper/phone.zip!/a") == NULL);
	CHECK(noted(e, "broken.zip", "not opened as a container"));
	evidence_free(e);
}

/* Against what Python's zipfile says of a real phone's extraction. */
TEST(real_extraction)
{
	char zip[4096], line[4096];
	const char *shared = getenv("CUSTOS_SHARED"), *source = getenv("CUSTOS_SOURCE");
	snprintf(zip, sizeof zip, "%s%s/data/ios15/extraction.zip", shared ? shared : source ? source : ".", shared ? "" : "/../shared");
	if (access(zip, F_OK))
		SKIP("no real extraction here");
	setenv("EXTRACTION", zip, 1);
	CHECK(generate("real"));
	struct evidence *e = NULL;
	CHECK_INT(evidence_open(zip, NULL, &e), OK);
	FILE *expected = fopen(in_folder("real.txt"), "r");
	size_t files = 0;
	while (expected && e && fgets(line, sizeof line, expected)) { /* SHA-256, a space, path */
		line[strcspn(line, "\n")] = 0;
		enum err err;
		size_t size, n;
		unsigned char digest[32];
		const char *bytes = content(e, line + 65, &err, &size);
		struct buf hex = { 0 };
		CHECK_INT(err, OK);
		CHECK(EVP_Q_digest(NULL, "SHA256", NULL, bytes, size, digest, &n) == 1);
		buf_hex(&hex, digest, sizeof digest);
		line[64] = 0;
		CHECK_TEXT(hex.data, line);
		buf_free(&hex);
		files++;
	}
	CHECK(files > 0);
	size_t listed = 0;
	for (size_t i = 0; e && i < evidence_count(e); i++)
		listed += evidence_entry(e, i)->type == ENTRY_FILE;
	CHECK_INT(listed, files);
	if (expected)
		fclose(expected);
	evidence_free(e);
}

static enum err count(void *context, const void *bytes, size_t size)
{
	(void)bytes;
	*(uint64_t *)context += size;
	return OK;
}

static void survive(const char *name)
{
	struct evidence *e = NULL;
	struct evidence_options o = { .password = PASSWORD };
	if (evidence_open(in_folder(name), &o, &e))
		return;
	for (size_t i = 0; i < evidence_count(e); i++) {
		const struct entry *entry = evidence_entry(e, i);
		uint64_t got = 0;
		enum err err = entry->type == ENTRY_FILE ? evidence_read(e, entry, count, &got) : OK;
		CHECK(got <= entry->size);
		CHECK(entry->type != ENTRY_FILE || err || got == entry->size);
		CHECK(utf8_valid(entry->path, strlen(entry->path)) == strlen(entry->path));
	}
	evidence_free(e);
}

TEST(damaged)
{
	static const char *const names[] = { "small.zip", "zip64.zip", "crypto.zip", "no-directory.zip", "quoted.zip", "7z.zip" };
	for (size_t n = 0; n < 6; n++) {
		size_t size;
		unsigned char *all = access(in_folder(names[n]), F_OK) ? NULL : file_load(names[n], &size);
		if (!all)
			continue;
		size_t step = size / 100 + 1;
		for (size_t at = 0; at < size; at += step) {
			file_make("cut-off.zip", all, at);
			survive("cut-off.zip");
			for (int bit = 0; bit < 8; bit += 5) {
				all[at] ^= (unsigned char)(1 << bit);
				file_make("flipped.zip", all, size);
				survive("flipped.zip");
				all[at] ^= (unsigned char)(1 << bit);
			}
		}
		free(all);
	}
}

int main(void)
{
	if (!folder_begin() || !generate("zip"))
		return 1;
	RUN(content_and_types);
	RUN(names);
	RUN(times);
	RUN(shapes);
	RUN(liars);
	RUN(bombs);
	RUN(cut_off);
	RUN(old_cipher);
	RUN(aes);
	RUN(ciphers_of_other_programs);
	RUN(nested);
	RUN(real_extraction);
	RUN(damaged);
	folder_end();
	return check_done();
}
