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

static enum err key_make(const char *secret_path, const char *public_path, struct note_key *ret)
{
	unsigned char name[6];
	char text[40];
	struct buf secret = { 0 }, public = { 0 };
	if (sodium_init() < 0)
		return err_set(ERR_UNSUPPORTED, "libsodium does not start");
	randombytes_buf(name, sizeof name);
	snprintf(text, sizeof text, "custos-log-%02x%02x%02x%02x%02x%02x", name[0], name[1], name[2], name[3], name[4], name[5]);
	enum err e = note_key_make(text, NOTE_SIGNER, ret);
	note_key_write(ret, true, &secret);
	note_key_write(ret, false, &public);
	if (!e)
		e = secret.failed || public.failed ? ERR_NOMEM : file_write(public_path, public.data, public.size, 0644);
	if (!e || e == ERR_EXISTS)
		e = file_write(secret_path, secret.data, secret.size, 0600);
	if (secret.data)
		sodium_memzero(secret.data, secret.size);
	buf_free(&secret);
	buf_free(&public);
	return e;
}

enum err log_key_open(const char *folder, struct note_key *ret)
{
	char secret[PATH_MAX], public[PATH_MAX], text[512];
	if (snprintf(secret, sizeof secret, "%s/log.key", folder) >= (int)sizeof secret || snprintf(public, sizeof public, "%s/log.pub", folder) >= (int)sizeof public)
		return err_set(ERR_LIMIT, "%s: the path is too long", folder);
	int fd = open(secret, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT) {
		unlink(public); /* of a key that was never kept */
		return key_make(secret, public, ret);
	}
	if (fd < 0)
		return err_errno("%s", secret);
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	enum err e = note_key_read(text, ret);
	sodium_memzero(text, sizeof text);
	return e || !ret->secret ? err_set(ERR_FORMAT, "%s: no private key; restore it from the backup: checkpoints that were given out rest on it", secret) : OK;
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

static enum err details_write(struct store *s, const char *folder)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s/details.jsonl", folder) >= (int)sizeof path)
		return err_set(ERR_LIMIT, "%s: the path is too long", folder);
	FILE *f = fopen(path, "wxe");
	if (!f)
		return err_errno("%s", path);
	enum err e = store_query(s, "SELECT number, salt, details FROM log_detail ORDER BY number", NULL, 0, detail_row, f, NULL);
	if (fflush(f) || fsync(fileno(f)))
		e = e ? e : err_errno("%s", path);
	fclose(f);
	return e;
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
	enum err e = signed_now(s, key, at, &c, &note);
	for (int level = -1; !e && level < 8; level++)
		e = tiles_write(s, part, level, c.size);
	if (!e)
		e = details_write(s, part);
	if (!e)
		e = file_below(part, "checkpoint", note.data, note.size);
	buf_free(&note);
	if (!e && rename(part, folder))
		e = err_errno("%s", folder);
	*ret_size = (int64_t)c.size;
	return e;
}
