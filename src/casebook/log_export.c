#include "casebook/log_export.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "casebook/tile.h"

/* --- files --- */

/* Whole, synced, or not at all: a name that is there already is an error. */
static enum err file_write(const char *path, const void *bytes, size_t size, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return err_errno("%s", path);
	enum err e = OK;
	for (size_t at = 0; !e && at < size;) {
		ssize_t n = write(fd, (const char *)bytes + at, size - at);
		if (n < 0 && errno != EINTR)
			e = err_errno("%s", path);
		at += n > 0 ? (size_t)n : 0;
	}
	if (!e && fsync(fd))
		e = err_errno("%s", path);
	close(fd);
	if (e)
		unlink(path);
	return e;
}

/* The same under a name that others look for: they see it whole, or not yet. */
static enum err file_whole(const char *path, const void *bytes, size_t size, mode_t mode)
{
	char part[PATH_MAX];
	if (snprintf(part, sizeof part, "%s.%ld.part", path, (long)getpid()) >= (int)sizeof part)
		return err_set(ERR_LIMIT, "%s: the path is too long", path);
	unlink(part);
	enum err e = file_write(part, bytes, size, mode);
	if (!e && link(part, path))
		e = errno == EPERM || errno == EOPNOTSUPP ? file_write(path, bytes, size, mode) : err_errno("%s", path); /* a file system without links */
	unlink(part);
	return e;
}

/* FOLDER/NAME with the folders between made. */
static enum err file_below(const char *folder, const char *name, const void *bytes, size_t size)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		return err_set(ERR_LIMIT, "%s: the path is too long", folder);
	for (char *c = path + strlen(folder) + 1; *c; c++)
		if (*c == '/') {
			*c = 0;
			if (mkdir(path, 0700) && errno != EEXIST)
				return err_errno("%s", path);
			*c = '/';
		}
	return file_write(path, bytes, size, 0600);
}

/* --- the key --- */

static enum err key_make(const char *secret_path, struct note_key *ret)
{
	unsigned char name[6];
	char text[40];
	struct buf secret = { 0 };
	if (sodium_init() < 0)
		return err_set(ERR_UNSUPPORTED, "libsodium does not start");
	randombytes_buf(name, sizeof name);
	snprintf(text, sizeof text, "custos-log-%02x%02x%02x%02x%02x%02x", name[0], name[1], name[2], name[3], name[4], name[5]);
	enum err e = note_key_make(text, NOTE_SIGNER, ret);
	if (!e)
		note_key_write(ret, true, &secret);
	if (!e)
		e = secret.failed ? ERR_NOMEM : file_whole(secret_path, secret.data, secret.size, 0600);
	if (secret.data)
		sodium_memzero(secret.data, secret.size);
	buf_free(&secret);
	return e;
}

/* FOLDER/log.pub follows from the key; made again where it is absent. */
static enum err public_write(const char *path, const struct note_key *k)
{
	struct buf text = { 0 };
	if (access(path, F_OK) == 0)
		return OK;
	note_key_write(k, false, &text);
	enum err e = text.failed ? ERR_NOMEM : file_whole(path, text.data, text.size, 0644);
	buf_free(&text);
	return e == ERR_EXISTS ? OK : e;
}

enum err log_key_open(const char *folder, struct note_key *ret)
{
	char secret[PATH_MAX], public[PATH_MAX], text[512];
	if (snprintf(secret, sizeof secret, "%s/log.key", folder) >= (int)sizeof secret || snprintf(public, sizeof public, "%s/log.pub", folder) >= (int)sizeof public)
		return err_set(ERR_LIMIT, "%s: the path is too long", folder);
	int fd = open(secret, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT) {
		/* A new key would begin another log in silence, while checkpoints of this one are in others' hands. */
		if (access(public, F_OK) == 0)
			return err_set(ERR_NOT_FOUND, "%s is gone, but log.pub is there: restore it from the backup: checkpoints that were given out rest on it", secret);
		enum err e = key_make(secret, ret);
		if (e != ERR_EXISTS)
			return e ? e : public_write(public, ret);
		fd = open(secret, O_RDONLY | O_CLOEXEC | O_NOFOLLOW); /* another process was faster */
	}
	if (fd < 0)
		return err_errno("%s", secret);
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	enum err e = note_key_read(text, ret);
	sodium_memzero(text, sizeof text);
	if (e || !ret->secret)
		return err_set(ERR_FORMAT, "%s: no private key; restore it from the backup: checkpoints that were given out rest on it", secret);
	return public_write(public, ret);
}

/* --- checkpoints and proofs --- */

static enum err signed_now(struct store *s, const struct note_key *key, int64_t at, struct checkpoint *ret, struct buf *note)
{
	int64_t size = 0;
	enum err e = log_size(s, &size);
	*ret = (struct checkpoint){ .size = (uint64_t)size };
	snprintf(ret->origin, sizeof ret->origin, "%s", key->name);
	if (!e)
		e = log_tree_root(s, size, &ret->root);
	if (e)
		return e;
	checkpoint_write(ret, note);
	return note_sign(note, key, (uint64_t)(at / 1000000));
}

enum err log_checkpoint_sign(struct store *s, const struct note_key *key, int64_t at, struct buf *ret_note)
{
	struct checkpoint c;
	return signed_now(s, key, at, &c, ret_note);
}

enum err log_checkpoint_make(struct store *s, const struct note_key *key, int64_t at, struct buf *ret_note)
{
	struct checkpoint c;
	enum err e = signed_now(s, key, at, &c, ret_note);
	return e ? e : STORE_RUN(s, "INSERT INTO log_checkpoint (size, at, note) VALUES (?1, ?2, ?3) ON CONFLICT (size) DO NOTHING", NULL, NULL, store_int((int64_t)c.size), store_int(at), store_text(ret_note->data));
}

static enum err bytes_row(void *context, const struct store_row *row)
{
	struct store_value v = store_row_blob(row, 0);
	buf_add(context, v.bytes, v.size);
	return OK;
}

enum err log_proof_write(struct store *s, const struct note_key *key, int64_t number, int64_t at, struct buf *out)
{
	struct checkpoint c;
	struct merkle_proof p;
	struct buf note = { 0 }, entry = { 0 };
	enum err e = signed_now(s, key, at, &c, &note);
	if (!e)
		e = log_inclusion(s, number, (int64_t)c.size, &p);
	if (!e)
		e = STORE_RUN(s, "SELECT bytes FROM log_entry WHERE number = ?1", bytes_row, &entry, store_int(number));
	if (!e) {
		buf_printf(out, "custos proof v1\nindex %lld\n", (long long)number);
		buf_base64(out, entry.data, entry.size);
		buf_char(out, '\n');
		for (int i = 0; i < p.count; i++) {
			buf_base64(out, p.path[i].bytes, MERKLE_HASH);
			buf_char(out, '\n');
		}
		buf_char(out, '\n');
		buf_add(out, note.data, note.size);
		e = out->failed || entry.failed ? ERR_NOMEM : OK;
	}
	buf_free(&note);
	buf_free(&entry);
	return e;
}

/* --- the whole log --- */

static enum err entry_row(void *context, const struct store_row *row)
{
	struct buf *out = context;
	struct store_value v = store_row_blob(row, 0);
	if (v.size > 65535)
		return err_set(ERR_FORMAT, "a log entry of %zu bytes", v.size);
	buf_char(out, (char)(v.size >> 8));
	buf_char(out, (char)v.size);
	buf_add(out, v.bytes, v.size);
	return OK;
}

static enum err hash_row(void *context, const struct store_row *row)
{
	struct store_value v = store_row_blob(row, 0);
	buf_add(context, v.bytes, v.size);
	return OK;
}

/* All tiles of one kind: level -1 entries, else hashes. */
static enum err tiles_write(struct store *s, const char *folder, int level, uint64_t size)
{
	static const char *const entries = "SELECT bytes FROM log_entry WHERE number >= ?1 AND number < ?2 ORDER BY number";
	static const char *const hashes = "SELECT hash FROM log_node WHERE level = ?3 AND number >= ?1 AND number < ?2 ORDER BY number";
	uint64_t count = level < 0 ? size : size >> (8 * level);
	struct buf bytes = { 0 };
	char path[TILE_PATH];
	enum err e = OK;
	for (uint64_t n = 0; n * TILE_WIDTH < count && !e; n++) {
		uint64_t from = n * TILE_WIDTH, to = from + TILE_WIDTH < count ? from + TILE_WIDTH : count;
		buf_clear(&bytes);
		tile_path(level, n, (int)(to - from), path);
		e = STORE_RUN(s, level < 0 ? entries : hashes, level < 0 ? entry_row : hash_row, &bytes, store_int((int64_t)from), store_int((int64_t)to), store_int(8 * level));
		if (!e)
			e = bytes.failed ? ERR_NOMEM : file_below(folder, path, bytes.data, bytes.size);
	}
	buf_free(&bytes);
	return e;
}

static enum err detail_row(void *context, const struct store_row *row)
{
	json_t *j = store_row_json(row);
	char *text = j ? json_dumps(j, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	bool good = text && fprintf(context, "%s\n", text) > 0;
	free(text);
	json_decref(j);
	return good ? OK : err_errno("details.jsonl");
}

/* The words of the first `size` entries. */
static enum err details_write(struct store *s, const char *folder, int64_t size)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s/details.jsonl", folder) >= (int)sizeof path)
		return err_set(ERR_LIMIT, "%s: the path is too long", folder);
	FILE *f = fopen(path, "we");
	if (!f)
		return err_errno("%s", path);
	enum err e = STORE_RUN(s, "SELECT number, salt, details FROM log_detail WHERE number < ?1 ORDER BY number", detail_row, f, store_int(size));
	if (fflush(f) || fsync(fileno(f)))
		e = e ? e : err_errno("%s", path);
	fclose(f);
	return e;
}

/* The checkpoint, and the words that belong to it. The log may grow meanwhile, and words be erased: where the entry that tells of an erasure came behind the checkpoint, both are made again. */
static enum err signed_with_details(struct store *s, const struct note_key *key, const char *folder, int64_t at, struct checkpoint *c, struct buf *note)
{
	enum err e = OK;
	for (int tries = 0; tries < 10 && !e; tries++) {
		int64_t erased = 0;
		buf_clear(note);
		e = signed_now(s, key, at, c, note);
		if (!e)
			e = details_write(s, folder, (int64_t)c->size);
		if (!e)
			e = store_query_int(s, "SELECT count(*) FROM log_subject WHERE kind = 'log-entry' AND number >= ?1", (const struct store_value[]){ store_int((int64_t)c->size) }, 1, &erased);
		if (!e && !erased)
			return OK;
	}
	return e ? e : err_set(ERR_BUSY, "words of the log are being erased; export it again later");
}

enum err log_export(struct store *s, const struct note_key *key, const char *folder, int64_t at, int64_t *ret_size)
{
	char part[PATH_MAX];
	struct checkpoint c;
	struct buf note = { 0 };
	if (snprintf(part, sizeof part, "%s.part", folder) >= PATH_MAX - TILE_PATH)
		return err_set(ERR_LIMIT, "%s: the path is too long", folder);
	if (access(folder, F_OK) == 0)
		return err_set(ERR_EXISTS, "%s exists already; name a new folder", folder);
	if (mkdir(part, 0700))
		return err_errno("%s: an earlier export that broke off, perhaps; remove it", part);
	enum err e = signed_with_details(s, key, part, at, &c, &note);
	for (int level = -1; !e && level < 8; level++)
		e = tiles_write(s, part, level, c.size);
	if (!e)
		e = file_below(part, "checkpoint", note.data, note.size);
	buf_free(&note);
	if (!e && rename(part, folder))
		e = err_errno("%s", folder);
	*ret_size = (int64_t)c.size;
	return e;
}
