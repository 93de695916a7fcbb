/* An iTunes or Finder backup: a folder of files named by hashes, and a manifest that says what they are. */
#include "evidence/itunes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/span.h"
#include "base/time.h"
#include "evidence/container.h"
#include "evidence/itunes_disk.h"
#include "evidence/itunes_keys.h"
#include "evidence/list.h"
#include "formats/plist.h"

enum {
	PIECE = 256 * 1024,
	PLIST_MOST = 32 << 20, /* bytes of Manifest.plist; real ones take some 100 KB */
	PLIST_ARENA = 96 << 20,
	MBDB_MOST = 256 << 20, /* some 200 bytes a file */
};
#define MANIFEST_MOST ((uint64_t)2 << 30)

/* entry->own */
struct itunes_file {
	const char *raw; /* path below the backup's folder, or NULL: of `id` */
	uint64_t stated; /* size as the manifest has it */
	uint32_t protection;
	uint8_t id[ITUNES_ID];
	bool sealed, gone, decrypted_manifest;
	uint8_t key[ITUNES_SEALED_KEY];
};

struct itunes {
	struct keybag *bag; /* NULL: not encrypted */
	int manifest_fd;    /* decrypted copy, or -1 */
	uint64_t manifest_size;
	struct itunes_disk disk;
};

static bool there(int fd, const char *name) { return faccessat(fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0; }

bool itunes_folder(int fd)
{
	bool manifest = there(fd, "Manifest.db") || there(fd, "Manifest.mbdb"), plist = there(fd, "Manifest.plist"), status = there(fd, "Status.plist");
	return (manifest && (plist || status)) || (plist && status);
}

static bool itunes_probe(const struct source *s) { return s->folder && itunes_folder(s->fd); }

/* --- keys --- */

/* What of Manifest.plist is needed. */
struct manifest_head {
	bool read, encrypted_known, encrypted;
	struct keybag bag;
	enum err bag_err;
	char bag_why[256];
	bool has_key;
	uint8_t key[ITUNES_SEALED_KEY];
};

static void head_take(const struct value *root, struct manifest_head *h)
{
	const struct value *encrypted = value_get(root, "IsEncrypted"), *bag = value_get(root, "BackupKeyBag"),
			   *key = value_get(root, "ManifestKey");
	h->read = root && root->type == VALUE_DICT;
	h->encrypted_known = encrypted && (encrypted->type == VALUE_BOOL || encrypted->type == VALUE_INT);
	h->encrypted = h->encrypted_known && encrypted->integer != 0;
	h->bag_err = bag && bag->type == VALUE_DATA ? keybag_read(bag->bytes, bag->size, &h->bag) :
						      err_set(ERR_FORMAT, "Manifest.plist holds no keybag");
	if (h->bag_err)
		strncpy(h->bag_why, err_message(), sizeof h->bag_why - 1);
	if (key && key->type == VALUE_DATA && key->size == ITUNES_SEALED_KEY) {
		memcpy(h->key, key->bytes, ITUNES_SEALED_KEY);
		h->has_key = true;
	}
}

static void head_read(struct container *c, struct manifest_head *h)
{
	struct stat st;
	struct arena a = arena_make(PLIST_ARENA);
	const struct value *root = NULL;
	char *bytes = NULL;
	enum err e = OK;
	int fd = file_open_below(c->source.fd, "Manifest.plist", O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0)
		e = err_errno("cannot be opened");
	else if (!S_ISREG(st.st_mode) || st.st_size < 0 || st.st_size > PLIST_MOST)
		e = err_set(ERR_LIMIT, "is no plain file of at most %d bytes", PLIST_MOST);
	else if (!(bytes = malloc((size_t)st.st_size + 1)))
		e = err_set(ERR_NOMEM, "out of memory");
	else if (!(e = file_read(fd, bytes, (size_t)st.st_size, 0)))
		e = plist_read(&a, bytes, (size_t)st.st_size, &root);
	if (e)
		container_note(c, "Manifest.plist", 0, "cannot be read: %s",
			       *err_message() ? err_message() : err_text(e));
	else
		head_take(root, h);
	if (fd >= 0)
		close(fd);
	arena_free(&a);
	free(bytes);
}

/* Decides whether the backup is encrypted, and opens its keys. A damaged keybag is a note: what needs no key is still
 * read. */
static enum err keys_open(struct container *c, struct itunes *t, struct manifest_head *h, bool db_plain)
{
	if (!h->encrypted_known)
		h->encrypted = !db_plain;
	if (!h->encrypted)
		return OK;
	if (h->read && !h->bag_err && !c->password)
		return err_set(ERR_PASSWORD, "this iTunes backup is encrypted: give its password with --password");
	enum err e = h->read ? h->bag_err : ERR_FORMAT;
	if (!e && h->bag.damage)
		container_note(c, "Manifest.plist", 0, "keybag: %s (at its offset %zu)", h->bag.damage,
			       h->bag.damage_at);
	if (!e)
		e = keybag_unlock(&h->bag, c->password);
	if (e == ERR_PASSWORD || e == ERR_LIMIT || e == ERR_NOMEM)
		return e;
	if (e) {
		container_note(c, "Manifest.plist", 0, "the backup is encrypted, but its keys cannot be had: %s",
			       h->read ? h->bag_why : "Manifest.plist is unreadable");
		return OK;
	}
	t->bag = malloc(sizeof *t->bag);
	if (!t->bag)
		return err_set(ERR_NOMEM, "out of memory for the backup's keys");
	*t->bag = h->bag;
	return OK;
}

/* --- Manifest.db --- */

static const char sqlite_magic[16] = "SQLite format 3";

/* Copies `from` to a scratch file, through `cbc` if given: SQLite then reads a file that cannot change or shrink under
 * it. */
static enum err manifest_copy(struct container *c, int from, uint64_t size, struct crypt_cbc *cbc, int *ret_fd)
{
	uint8_t *piece = malloc(PIECE);
	enum err e = piece ? scratch_file(c, ret_fd) : err_set(ERR_NOMEM, "out of memory to copy Manifest.db");
	for (uint64_t at = 0; !e && at < size;) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;
		e = file_read(from, piece, n, at);
		if (e == ERR_TRUNCATED)
			e = err_set(e, "Manifest.db changed while it was read");
		if (!e && cbc && !crypt_cbc_decrypt(cbc, piece, piece, n))
			e = err_set(ERR_NOMEM, "Manifest.db: decryption failed");
		if (!e)
			e = scratch_write(*ret_fd, piece, n);
		at += n;
	}
	free(piece);
	return e;
}

/* The manifest's bytes, decrypted where needed, in t->manifest_fd. */
static enum err manifest_prepare(struct container *c, struct itunes *t, const struct manifest_head *h, int fd,
				 uint64_t size, bool plain)
{
	uint8_t key[CRYPT_KEY], iv[CRYPT_BLOCK] = { 0 };
	struct crypt_cbc *cbc = NULL;
	enum err e = OK;
	if (size > MANIFEST_MOST)
		return err_set(ERR_LIMIT, "Manifest.db is larger than %" PRIu64 " bytes", MANIFEST_MOST);
	if (!plain && !t->bag)
		return err_set(ERR_FORMAT, "Manifest.db is no SQLite database%s",
			       h->encrypted ? ", and there is no key to decrypt it" : "");
	if (!plain) {
		if (!h->has_key)
			return err_set(ERR_FORMAT, "Manifest.plist holds no key for the encrypted Manifest.db");
		e = keybag_open_key(t->bag, 0, h->key, sizeof h->key, key);
		if (!e && !(cbc = crypt_cbc_new(key, iv)))
			e = err_set(ERR_NOMEM, "out of memory to decrypt Manifest.db");
		size -= size % CRYPT_BLOCK;
	}
	if (!e)
		e = manifest_copy(c, fd, size, cbc, &t->manifest_fd);
	t->manifest_size = size;
	crypt_cbc_free(cbc);
	crypt_forget(key, sizeof key);
	return e;
}

struct listing {
	struct container *c;
	struct itunes *t;
};

/* An encrypted file whose size does not fit the manifest's: its last block says by its padding how long the content is.
 */
static uint64_t sealed_size(const struct listing *l, const struct itunes_file *f, const char *name, uint64_t stored)
{
	uint8_t key[CRYPT_KEY], blocks[2 * CRYPT_BLOCK];
	unsigned padding = 0;
	int fd = -1;
	stored -= stored % CRYPT_BLOCK;
	if (stored >= sizeof blocks && !keybag_open_key(l->t->bag, f->protection, f->key, sizeof f->key, key) &&
	    (fd = file_open_below(l->c->source.fd, name, O_RDONLY)) >= 0 &&
	    !file_read(fd, blocks, sizeof blocks, stored - sizeof blocks)) {
		struct crypt_cbc *cbc = crypt_cbc_new(key, blocks); /* the block before is the IV of the last */
		if (cbc && crypt_cbc_decrypt(cbc, blocks + CRYPT_BLOCK, blocks + CRYPT_BLOCK, CRYPT_BLOCK))
			padding = crypt_padding(blocks + CRYPT_BLOCK);
		crypt_cbc_free(cbc);
	}
	if (fd >= 0)
		close(fd);
	crypt_forget(key, sizeof key);
	return stored - padding;
}

/* Finds the row's file on disk and takes size and key. */
static void file_fill(struct listing *l, struct entry *e, const struct itunes_row *row, struct itunes_file *f)
{
	char name[ITUNES_NAME];
	struct stat st;
	memcpy(f->id, row->id, ITUNES_ID);
	f->stated = row->size;
	f->protection = row->protection;
	e->type = ENTRY_FILE;
	e->own = f;
	e->size = row->size;
	if (row->key) {
		memcpy(f->key, row->key, ITUNES_SEALED_KEY);
		f->sealed = e->encrypted = true;
	} else if (row->key_odd) {
		container_note(l->c, e->path, 0, "its encryption key is not of 44 bytes: the content stays encrypted");
	}
	bool flat = false;
	if (!itunes_disk_use(&l->t->disk, row->id, &flat)) {
		f->gone = true;
		container_note(l->c, e->path, 0, "the manifest names it, but its file (%.40s) is not in the backup",
			       row->id_text);
		return;
	}
	itunes_disk_name(row->id, flat, name);
	if (flat && !(f->raw = container_copy(l->c, name, strlen(name))))
		f->gone = true;
	if (fstatat(l->c->source.fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode)) {
		f->gone = true;
		container_note(l->c, e->path, 0, "its file (%s) cannot be examined", name);
		return;
	}
	e->stored = (uint64_t)st.st_size;
	bool fits =
		!f->sealed ? e->stored == row->size : e->stored >= row->size && e->stored - row->size <= CRYPT_BLOCK;
	if (!f->sealed)
		e->size = e->stored;
	else if (!fits || !row->record)
		e->size = l->t->bag ? sealed_size(l, f, name, e->stored) : e->stored;
	if (!fits && row->record)
		container_note(l->c, e->path, 0, "the manifest states %" PRIu64 " bytes, the backup holds %" PRIu64,
			       row->size, e->size);
	if (!row->record && l->t->bag)
		container_note(l->c, e->path, 0, "without its record the content stays encrypted");
}

static enum err row_add(void *context, const struct itunes_row *row)
{
	struct listing *l = context;
	struct buf path = { 0 };
	enum err x = ERR_NOMEM;
	itunes_path(&path, row->domain, row->domain_size, row->path, row->path_size);
	struct entry *e = path.failed ? NULL : container_add(l->c, path.data, path.size, &x);
	buf_free(&path);
	if (!e)
		return x;
	e->modified_at = row->modified_at;
	e->created_at = row->created_at;
	uint32_t form = row->mode & S_IFMT;
	int64_t flags = row->flags == 1 || row->flags == 2 || row->flags == 4 ? row->flags :
			form == S_IFDIR					      ? 2 :
			form == S_IFLNK					      ? 4 :
			form == S_IFREG					      ? 1 :
										0;
	if (!row->record)
		container_note(l->c, e->path, 0, "its record in Manifest.db is unreadable: no times, size or key");
	if (flags == 2) {
		e->type = ENTRY_FOLDER;
		return OK;
	}
	if (flags == 4) {
		e->type = ENTRY_LINK;
		e->target = container_target(l->c, row->target ? row->target : "", row->target_size);
		return e->target ? OK : ERR_NOMEM;
	}
	e->type = ENTRY_OTHER;
	if (flags != 1) {
		container_note(l->c, e->path, 0, "neither file, folder nor link (flags %" PRId64 ")", row->flags);
		return OK;
	}
	if (!row->id_good) {
		container_note(l->c, e->path, 0, "its name on disk is not 40 hexadecimal digits: not followed");
		return OK;
	}
	struct itunes_file *f = container_alloc(l->c, sizeof *f);
	if (!f)
		return err_set(ERR_NOMEM, "out of memory for the list of entries");
	file_fill(l, e, row, f);
	return OK;
}

static enum err manifest_list(struct container *c, struct itunes *t)
{
	struct listing l = { c, t };
	uint8_t head[100];
	if (!t->manifest_size)
		return err_set(ERR_FORMAT, "Manifest.db is empty");
	if (t->manifest_size < sizeof head || file_read(t->manifest_fd, head, sizeof head, 0) || memcmp(head, sqlite_magic, sizeof sqlite_magic) != 0)
		return err_set(ERR_FORMAT, "Manifest.db is no SQLite database%s", t->bag ? " after decryption" : "");
	struct span s = span_of(head, sizeof head);
	span_seek(&s, 16);
	uint64_t page = span_be16(&s), stated;
	span_seek(&s, 28);
	stated = (page == 1 ? 65536 : page) * span_be32(&s); /* 0 where an old SQLite wrote it */
	if (stated > t->manifest_size)
		container_note(c, "Manifest.db", t->manifest_size,
			       "ends %" PRIu64 " bytes too early; files that it would have "
			       "named are listed under unlisted/",
			       stated - t->manifest_size);
	return itunes_manifest_read_in(c->evidence->sandbox, c->evidence->manifest_fn, t->manifest_fd, t->manifest_size, row_add, &l);
}

static enum err mbdb_list(struct container *c, struct itunes *t, int fd)
{
	struct listing l = { c, t };
	struct stat st;
	if (fstat(fd, &st) < 0)
		return err_errno("Manifest.mbdb cannot be examined");
	if (!S_ISREG(st.st_mode) || st.st_size <= 0 || st.st_size > MBDB_MOST)
		return err_set(ERR_LIMIT, "Manifest.mbdb is no plain file of at most %d bytes", MBDB_MOST);
	/* Not mapped: it must not change or shrink while it is read. */
	char *bytes = malloc((size_t)st.st_size);
	enum err e = bytes ? file_read(fd, bytes, (size_t)st.st_size, 0) : err_set(ERR_NOMEM, "out of memory to read Manifest.mbdb");
	if (e == ERR_TRUNCATED)
		e = err_set(e, "Manifest.mbdb changed while it was read");
	if (!e)
		e = itunes_mbdb_read(bytes, (size_t)st.st_size, row_add, &l);
	free(bytes);
	return e;
}

/* --- listing --- */

/* A file as it lies in the backup's folder. */
static struct entry *raw_add(struct container *c, const char *shown, const char *raw, enum err *ret)
{
	struct stat st;
	struct entry *e = container_add(c, shown, strlen(shown), ret);
	if (!e)
		return NULL;
	struct itunes_file *f = container_alloc(c, sizeof *f);
	if (!f || !(f->raw = container_copy(c, raw, strlen(raw)))) {
		*ret = err_set(ERR_NOMEM, "out of memory for the list of entries");
		return NULL;
	}
	e->own = f;
	e->type = ENTRY_OTHER;
	if (fstatat(c->source.fd, raw, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		e->type = S_ISREG(st.st_mode) ? ENTRY_FILE : S_ISDIR(st.st_mode) ? ENTRY_FOLDER : ENTRY_OTHER;
		e->size = e->stored = f->stated = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
		e->modified_at = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
	}
	return e;
}

static bool is_metadata(const char *name)
{
	static const char *const names[] = { "Manifest.db", "Manifest.mbdb", "Manifest.mbdx", "Manifest.plist", "Info.plist", "Status.plist" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static enum err unlisted_add(void *context, const char *raw, bool named_by_hash)
{
	struct container *c = context;
	const struct itunes *t = c->own;
	enum err e;
	char shown[ITUNES_PATH_MOST + 16] = "";
	bool metadata = is_metadata(raw);
	if (!metadata)
		strcpy(shown, "unlisted/");
	strncat(shown, raw, ITUNES_PATH_MOST);
	struct entry *entry = raw_add(c, shown, raw, &e);
	if (!entry)
		return e;
	if (!metadata && named_by_hash)
		container_note(c, entry->path, 0, "the manifest does not name it%s",
			       t->bag ? ": its content stays encrypted" : "");
	else if (!metadata)
		container_note(c, entry->path, 0, "not part of a backup's layout");
	return OK;
}

/* The decrypted manifest too: deleted rows of it tell of files that the backup no longer holds. */
static enum err decrypted_add(struct container *c, const struct itunes *t)
{
	static const char name[] = "decrypted/Manifest.db";
	enum err x;
	struct entry *e = container_add(c, name, sizeof name - 1, &x);
	struct itunes_file *f = e ? container_alloc(c, sizeof *f) : NULL;
	if (e && !f)
		x = err_set(ERR_NOMEM, "out of memory for the list of entries");
	if (!f)
		return x;
	f->decrypted_manifest = true;
	e->own = f;
	e->type = ENTRY_FILE;
	e->encrypted = true;
	e->size = e->stored = f->stated = t->manifest_size;
	return OK;
}

static enum err itunes_open(struct container *c)
{
	struct itunes *t = calloc(1, sizeof *t);
	struct manifest_head *h = calloc(1, sizeof *h);
	struct stat st = { 0 };
	char magic[sizeof sqlite_magic] = "";
	if (!t || !h) {
		free(t);
		free(h);
		return err_set(ERR_NOMEM, "out of memory to open %s", c->source.path);
	}
	c->own = t;
	c->kind = "itunes-backup";
	t->manifest_fd = -1;
	int fd = file_open_below(c->source.fd, "Manifest.db", O_RDONLY);
	bool found = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	bool plain = found && !file_read(fd, magic, sizeof magic, 0) && memcmp(magic, sqlite_magic, sizeof magic) == 0;
	head_read(c, h);
	enum err e = keys_open(c, t, h, plain || !found), damage = OK;
	if (!e)
		e = itunes_disk_scan(c->source.fd, &t->disk);
	int old = found ? -1 : file_open_below(c->source.fd, "Manifest.mbdb", O_RDONLY);
	if (!e && old >= 0)
		damage = mbdb_list(c, t, old);
	else if (!e && !found)
		damage = err_set(ERR_NOT_FOUND, "Manifest.db is not there or no plain file");
	else if (!e)
		damage = manifest_prepare(c, t, h, fd, (uint64_t)st.st_size, plain);
	if (!e && !damage && found)
		damage = manifest_list(c, t);
	if (damage == ERR_NOMEM || damage == ERR_SPACE || damage == ERR_SANDBOX)
		e = damage;
	else if (damage)
		container_note(c, old >= 0 ? "Manifest.mbdb" : "Manifest.db", 0, "%s; files that it would have named are listed under unlisted/",
			       err_message());
	if (!e && t->bag && t->manifest_fd >= 0 && !plain)
		e = decrypted_add(c, t);
	if (!e)
		e = itunes_disk_unused(&t->disk, unlisted_add, c);
	if (!e && t->disk.damage)
		container_note(c, "", 0, "%s", t->disk.damage);
	if (e == ERR_LIMIT && t->disk.scanned) {
		container_note(c, "", 0, "%s: the rest is not listed", err_message());
		e = OK;
	}
	itunes_disk_free(&t->disk);
	if (old >= 0)
		close(old);
	if (fd >= 0)
		close(fd);
	crypt_forget(h, sizeof *h);
	free(h);
	return e;
}

/* --- reading --- */

static enum err sealed_deliver(const struct itunes *t, int fd, const struct entry *e, const struct itunes_file *f,
			       evidence_sink *sink, void *context)
{
	uint8_t key[CRYPT_KEY], iv[CRYPT_BLOCK] = { 0 };
	if (!t->bag)
		return err_set(ERR_PASSWORD, "%s is encrypted, and the backup's keys could not be opened", e->path);
	enum err x = keybag_open_key(t->bag, f->protection, f->key, sizeof f->key, key);
	if (x)
		return err_set(x, "%s: %s", e->path, err_message());
	struct crypt_cbc *cbc = crypt_cbc_new(key, iv);
	uint8_t *piece = malloc(PIECE);
	crypt_forget(key, sizeof key);
	if (!cbc || !piece)
		x = err_set(ERR_NOMEM, "out of memory to decrypt %s", e->path);
	uint64_t whole = e->stored - e->stored % CRYPT_BLOCK;
	unsigned padding = 0;
	for (uint64_t at = 0; !x && at < whole;) {
		size_t n = whole - at < PIECE ? (size_t)(whole - at) : PIECE;
		x = file_read(fd, piece, n, at);
		if (x == ERR_TRUNCATED)
			x = err_set(ERR_CHANGED, "%s changed while it was read (at offset %" PRIu64 ")", e->path, at);
		if (!x && !crypt_cbc_decrypt(cbc, piece, piece, n))
			x = err_set(ERR_NOMEM, "%s: decryption failed", e->path);
		if (x)
			break;
		padding = crypt_padding(piece + n - CRYPT_BLOCK);
		size_t give = e->size <= at ? 0 : e->size - at < n ? (size_t)(e->size - at) : n;
		if (give)
			x = sink(context, piece, give);
		at += n;
	}
	crypt_cbc_free(cbc);
	if (piece)
		crypt_forget(piece, PIECE);
	free(piece);
	if (!x && whole < f->stated)
		x = err_set(ERR_TRUNCATED, "%s: the manifest states %" PRIu64 " bytes, %" PRIu64 " are there", e->path,
			    f->stated, e->size);
	if (!x && e->stored != whole)
		x = err_set(ERR_TRUNCATED, "%s: its encrypted file ends inside a block (at offset %" PRIu64 ")",
			    e->path, whole);
	if (!x && whole - e->size != padding)
		x = err_set(ERR_CHANGED,
			    "%s: its last block is not padded as it should be: damaged (at offset %" PRIu64 ")",
			    e->path, whole - (whole ? CRYPT_BLOCK : 0));
	return x;
}

static int itunes_fd(const struct container *c, const struct itunes_file *f)
{
	char name[ITUNES_NAME];
	if (!f->raw)
		itunes_disk_name(f->id, false, name);
	return file_open_below(c->source.fd, f->raw ? f->raw : name, O_RDONLY);
}

static enum err itunes_read(const struct container *c, const struct entry *e, evidence_sink *sink, void *context)
{
	const struct itunes *t = c->own;
	const struct itunes_file *f = e->own;
	struct stat st;
	if (f->decrypted_manifest)
		return file_deliver(t->manifest_fd, 0, e->size, e->path, sink, context);
	if (f->gone)
		return err_set(ERR_NOT_FOUND, "%s: the backup does not hold its file", e->path);
	int fd = itunes_fd(c, f);
	if (fd < 0)
		return err_errno("cannot open the file of %s", e->path);
	enum err x = OK;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != e->stored)
		x = err_set(ERR_CHANGED, "%s: its file changed since the evidence was opened", e->path);
	else if (f->sealed)
		x = sealed_deliver(t, fd, e, f, sink, context);
	else
		x = file_deliver(fd, 0, e->size, e->path, sink, context);
	if (!x && !f->sealed && e->size < f->stated)
		x = err_set(ERR_TRUNCATED, "%s: the manifest states %" PRIu64 " bytes, %" PRIu64 " are there", e->path,
			    f->stated, e->size);
	close(fd);
	return x;
}

/* Only what lies there as it is: of an encrypted file the caller would get ciphertext. */
static int itunes_entry_fd(const struct container *c, const struct entry *e)
{
	const struct itunes_file *f = e->own;
	return f->sealed || f->gone || f->decrypted_manifest ? -1 : itunes_fd(c, f);
}

static void itunes_free(struct container *c)
{
	struct itunes *t = c->own;
	if (!t)
		return;
	if (t->bag)
		crypt_forget(t->bag, sizeof *t->bag);
	free(t->bag);
	if (t->manifest_fd >= 0)
		close(t->manifest_fd);
	itunes_disk_free(&t->disk);
	free(t);
}

const struct container_type itunes_container = {
	.name = "itunes-backup",
	.probe = itunes_probe,
	.open = itunes_open,
	.read = itunes_read,
	.entry_fd = itunes_entry_fd,
	.free = itunes_free,
};
