#include "casebook/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "casebook/log.h"
#include "casebook/words.h"

_Static_assert(sizeof(crypto_hash_sha256_state) == EVIDENCE_HASHING, "a hash under way is kept as it lies in memory");
enum { READ_BACK = 1 << 20 };

static enum err sha256_checked(const char *text)
{
	size_t n = text ? strlen(text) : 0;
	return !n || (n == 64 && strspn(text, "0123456789abcdef") == 64) ? OK : err_set(ERR_USAGE, "sha256: 64 hexadecimal digits in lower case, or nothing");
}

/* The row, and what the log says of it. */
static enum err evidence_put(struct store *s, const struct act *act, const struct evidence_new *n, const char *path, const char *state, int64_t *ret_id)
{
	unsigned char hash[32];
	bool declared = n->sha256 && *n->sha256;
	for (int i = 0; declared && i < 32; i++)
		hash[i] = (unsigned char)strtoul((char[]){ n->sha256[2 * i], n->sha256[2 * i + 1], 0 }, NULL, 16);
	enum err e = store_query_int(s, "INSERT INTO evidence (exhibit, name, path, size, received, sha256, state, made_at, made_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING id",
				     (const struct store_value[]){ store_int(n->exhibit), store_text(n->name), store_text(path), store_int(n->size), store_int(strcmp(state, "ready") ? 0 : n->size),
								   store_blob(declared ? hash : NULL, sizeof hash), store_text(state), store_int(act->at), store_int(act->officer) }, 9, ret_id);
	if (e == ERR_CHANGED)
		return err_set(ERR_NOT_FOUND, "there is no exhibit %lld", (long long)n->exhibit);
	return e ? e : log_change(s, act, LOG_COLLECTION, strcmp(state, "ready") ? "upload of evidence begun" : "evidence pointed at", "exhibit", n->exhibit,
				  json_pack("{s:I,s:s,s:s,s:I}", "evidence", (json_int_t)*ret_id, "name", n->name, "path", path, "size", (json_int_t)n->size));
}

enum err evidence_add(struct store *s, const struct act *act, const struct evidence_new *n, int64_t *ret_id)
{
	enum err e = words_check("name", n->name, WORDS_LINE, true);
	if (!e)
		e = sha256_checked(n->sha256);
	if (!e && (n->size <= 0 || n->size > EVIDENCE_MOST))
		e = err_set(ERR_USAGE, n->size <= 0 ? "file: is empty" : "file: is larger than 64 GB; put it into a folder of the server and point at it");
	return e ? e : evidence_put(s, act, n, "", "receiving", ret_id);
}

/* `path` without links lies below one of the folders. */
static bool lies_below(const char *path, const char *folders)
{
	char one[PATH_MAX], real[PATH_MAX];
	for (size_t n; folders && *folders; folders += n + (folders[n] == ':')) {
		n = strcspn(folders, ":");
		if (!n || n >= sizeof one)
			continue;
		memcpy(one, folders, n);
		one[n] = 0;
		size_t r = realpath(one, real) ? strlen(real) : 0;
		if (r > 1 && strncmp(path, real, r) == 0 && path[r] == '/')
			return true;
	}
	return false;
}

enum err evidence_point(struct store *s, const struct act *act, int64_t exhibit, const char *path, const char *folders, int64_t *ret_id)
{
	char real[PATH_MAX];
	struct stat st;
	enum err e = words_check("path", path, 4000, true);
	if (e)
		return e;
	if (path[0] != '/' || !realpath(path, real) || stat(real, &st) || !lies_below(real, folders))
		return err_set(ERR_USAGE, "path: is not there, or not below a folder that the administrator opened for evidence (custos serve --evidence DIR)");
	const char *name = strrchr(real, '/') + 1;
	return evidence_put(s, act, &(struct evidence_new){ exhibit, name, S_ISREG(st.st_mode) ? st.st_size : 0, NULL }, real, "ready", ret_id);
}

static enum err evidence_row(void *context, const struct store_row *row)
{
	struct evidence *v = context;
	struct store_value hash = store_row_blob(row, 7), hashing = store_row_blob(row, 8);
	v->id = store_row_int(row, 0);
	v->exhibit = store_row_int(row, 1);
	v->size = store_row_int(row, 2);
	v->received = store_row_int(row, 3);
	snprintf(v->name, sizeof v->name, "%s", store_row_text(row, 4));
	snprintf(v->path, sizeof v->path, "%s", store_row_text(row, 5));
	snprintf(v->state, sizeof v->state, "%s", store_row_text(row, 6));
	if (hashing.size == sizeof v->hashing)
		memcpy(v->hashing, hashing.bytes, sizeof v->hashing);
	for (size_t i = 0; i < hash.size && hash.size == 32; i++)
		snprintf(v->sha256 + 2 * i, 3, "%02x", ((const unsigned char *)hash.bytes)[i]);
	return OK;
}

enum err evidence_get(struct store *s, int64_t id, struct evidence *ret)
{
	memset(ret, 0, sizeof *ret);
	enum err e = STORE_RUN(s, "SELECT id, exhibit, size, received, name, path, state, sha256, hashing FROM evidence WHERE id = ?1", evidence_row, ret, store_int(id));
	return e || ret->id ? e : err_set(ERR_NOT_FOUND, "there is no evidence %lld", (long long)id);
}

enum err evidence_path(const struct evidence *v, const char *folder, char *ret, size_t room)
{
	int n = *v->path ? snprintf(ret, room, "%s", v->path) : snprintf(ret, room, "%s/uploads/%lld", folder, (long long)v->id);
	return n > 0 && (size_t)n < room ? OK : err_set(ERR_LIMIT, "%s: the path is too long", folder);
}

enum err evidence_part_path(const struct evidence *v, const char *folder, char *ret, size_t room)
{
	int n = snprintf(ret, room, "%s/uploads/%lld.part", folder, (long long)v->id);
	return n > 0 && (size_t)n < room ? OK : err_set(ERR_LIMIT, "%s: the path is too long", folder);
}

static void file_lock(int fd)
{
	while (flock(fd, LOCK_EX) && errno == EINTR)
		;
}

/* A descriptor to the upload's bytes, with the lock that keeps all other writers away: it is still what stands under that name. */
static enum err part_open(const struct evidence *v, const char *folder, int *ret_fd)
{
	char path[PATH_MAX];
	struct stat by_name, by_fd;
	enum err e = evidence_part_path(v, folder, path, sizeof path);
	if (e)
		return e;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT && v->received == 0)
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return errno == ENOENT ? err_set(ERR_CHANGED, "more of this evidence has been received meanwhile") : err_errno("%s", path);
	file_lock(fd);
	if (fstat(fd, &by_fd) || lstat(path, &by_name) || by_fd.st_ino != by_name.st_ino || by_fd.st_dev != by_name.st_dev) {
		close(fd);
		return err_set(ERR_CHANGED, "this evidence is complete; nothing can be added to it");
	}
	*ret_fd = fd;
	return OK;
}

enum err evidence_resume(struct store *s, int64_t id, const char *folder, struct evidence *ret)
{
	char part[PATH_MAX], whole[PATH_MAX];
	enum err e = evidence_get(s, id, ret);
	if (e || strcmp(ret->state, "receiving") != 0 || !ret->received)
		return e;
	e = evidence_part_path(ret, folder, part, sizeof part);
	if (!e)
		e = evidence_path(ret, folder, whole, sizeof whole);
	if (e || access(part, F_OK) == 0)
		return e;
	int fd = open(whole, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_errno("upload of %s", ret->name);
	file_lock(fd); /* who completes it right now holds this until the casebook knows */
	e = evidence_get(s, id, ret);
	if (!e && strcmp(ret->state, "receiving") == 0 && rename(whole, part) && access(part, F_OK))
		e = err_errno("upload of %s", ret->name);
	close(fd);
	return e;
}

static enum err write_failed(const struct evidence *v)
{
	enum err e = err_errno("upload of %s", v->name);
	return e == ERR_SPACE ? err_set(e, "the server's disk is full: %lld of %lld bytes of %s are kept; make room there, then go on", (long long)v->received, (long long)v->size, v->name) : e;
}

enum err evidence_write(const struct evidence *v, const char *folder, int64_t offset, const void *bytes, size_t size)
{
	int fd = -1;
	if (strcmp(v->state, "receiving") != 0)
		return err_set(ERR_CHANGED, "this evidence is complete; nothing can be added to it");
	if (offset < 0 || offset > v->size || size > (uint64_t)(v->size - offset))
		return err_set(ERR_LIMIT, "more was sent than the %lld bytes that were announced", (long long)v->size);
	enum err e = part_open(v, folder, &fd);
	for (size_t at = 0; !e && at < size;) {
		ssize_t n = pwrite(fd, (const char *)bytes + at, size - at, (off_t)(offset + (int64_t)at));
		if (n < 0 && errno != EINTR)
			e = write_failed(v);
		at += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0 && close(fd) && !e)
		e = write_failed(v);
	return e;
}

/* --- acknowledging --- */

struct accepting {
	struct evidence *v;
	const struct act *act;
	int64_t end;
	crypto_hash_sha256_state hashing;
	bool complete, refused;
	unsigned char hash[32];
	char came[65];
};

/* What is on disk is what is hashed. */
static enum err read_back(struct accepting *a, int fd)
{
	unsigned char *bytes = malloc(READ_BACK);
	enum err e = bytes ? OK : ERR_NOMEM;
	if (a->v->received)
		memcpy(&a->hashing, a->v->hashing, sizeof a->hashing);
	else
		crypto_hash_sha256_init(&a->hashing);
	for (int64_t at = a->v->received; !e && at < a->end;) {
		int64_t left = a->end - at;
		ssize_t n = pread(fd, bytes, left < READ_BACK ? (size_t)left : READ_BACK, (off_t)at);
		if (n == 0)
			e = err_set(ERR_CHANGED, "upload of %s: bytes that had come are not there any more", a->v->name);
		else if (n < 0 && errno != EINTR)
			e = err_errno("upload of %s", a->v->name);
		else if (n > 0) {
			crypto_hash_sha256_update(&a->hashing, bytes, (unsigned long long)n);
			at += n;
		}
	}
	free(bytes);
	return e;
}

static enum err folder_sync(const char *folder)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s/uploads", folder) >= (int)sizeof path)
		return err_set(ERR_LIMIT, "%s: the path is too long", folder);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = fd < 0 || fsync(fd) ? err_errno("%s", path) : OK;
	if (fd >= 0)
		close(fd);
	return e;
}

/* All is there: under its last name if it is what was noted, else gone. */
static enum err completed(struct accepting *a, const char *folder)
{
	char part[PATH_MAX], whole[PATH_MAX];
	enum err e = evidence_part_path(a->v, folder, part, sizeof part);
	if (!e)
		e = evidence_path(a->v, folder, whole, sizeof whole);
	crypto_hash_sha256_state last = a->hashing;
	crypto_hash_sha256_final(&last, a->hash);
	for (int i = 0; i < 32; i++)
		snprintf(a->came + 2 * i, 3, "%02x", a->hash[i]);
	a->refused = *a->v->sha256 && strcmp(a->came, a->v->sha256) != 0;
	if (!e && !a->refused && rename(part, whole))
		e = err_errno("%s", part);
	return e;
}

static void name_take_back(const struct evidence *v, const char *folder)
{
	char part[PATH_MAX], whole[PATH_MAX];
	if (evidence_part_path(v, folder, part, sizeof part) == OK && evidence_path(v, folder, whole, sizeof whole) == OK)
		(void)rename(whole, part);
}

static enum err accept_rows(void *context, struct store *s)
{
	struct accepting *a = context;
	struct evidence *v = a->v;
	int64_t changes = 0;
	const char *state = a->refused ? "refused" : a->complete ? "ready" : "receiving";
	enum err e = store_query(s, "UPDATE evidence SET received = ?1, state = ?2, hashing = ?3, sha256 = coalesce(?4, sha256) WHERE id = ?5 AND state = 'receiving' AND received = ?6",
				 (const struct store_value[]){ store_int(a->end), store_text(state), store_blob(a->complete ? NULL : &a->hashing, sizeof a->hashing), store_blob(a->complete && !a->refused ? a->hash : NULL, 32),
							       store_int(v->id), store_int(v->received) },
				 6, NULL, NULL, &changes);
	if (!e && !changes)
		e = err_set(ERR_CHANGED, "more of this evidence has been received meanwhile");
	return e || !a->complete ? e : log_change(s, a->act, LOG_COLLECTION, a->refused ? "evidence refused: its hash is not the one noted" : "evidence received whole", "exhibit", v->exhibit,
						  json_pack("{s:I,s:I,s:s}", "evidence", (json_int_t)v->id, "size", (json_int_t)v->size, "sha256", a->came));
}

enum err evidence_accept(struct store *s, const struct act *act, struct evidence *v, const char *folder, int64_t end)
{
	struct accepting a = { .v = v, .act = act, .end = end, .complete = end == v->size };
	char part[PATH_MAX];
	int fd = -1;
	if (strcmp(v->state, "receiving") != 0)
		return err_set(ERR_CHANGED, "this evidence is complete; nothing can be added to it");
	if (end <= v->received || end > v->size)
		return err_set(ERR_CHANGED, "%lld of %lld bytes are here", (long long)v->received, (long long)v->size);
	struct evidence now;
	enum err e = part_open(v, folder, &fd);
	if (!e)
		e = evidence_get(s, v->id, &now);
	if (!e && now.received != v->received)
		e = err_set(ERR_CHANGED, "more of this evidence has been received meanwhile");
	if (!e && fdatasync(fd))
		e = write_failed(v);
	if (!e)
		e = read_back(&a, fd);
	if (!e && a.complete)
		e = completed(&a, folder);
	bool named = !e && a.complete && !a.refused;
	if (!e && (!v->received || a.complete))
		e = folder_sync(folder);
	if (!e)
		e = store_transact(s, accept_rows, &a);
	if (e && e != ERR_OFFLINE && named) /* ERR_OFFLINE: nobody knows whether it was done; evidence_resume() will */
		name_take_back(v, folder);
	if (!e && a.refused && evidence_part_path(v, folder, part, sizeof part) == OK)
		unlink(part);
	if (fd >= 0)
		close(fd);
	if (e)
		return e;
	v->received = end;
	memcpy(v->hashing, &a.hashing, sizeof v->hashing);
	snprintf(v->state, sizeof v->state, "%s", a.refused ? "refused" : a.complete ? "ready" : "receiving");
	return a.refused ? err_set(ERR_USAGE, "sha256: what came is %s, not the %s that was noted", a.came, v->sha256) : OK;
}
