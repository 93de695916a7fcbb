#include "casebook/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "casebook/log.h"
#include "casebook/words.h"

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
	struct store_value hash = store_row_blob(row, 7);
	v->id = store_row_int(row, 0);
	v->exhibit = store_row_int(row, 1);
	v->size = store_row_int(row, 2);
	v->received = store_row_int(row, 3);
	snprintf(v->name, sizeof v->name, "%s", store_row_text(row, 4));
	snprintf(v->path, sizeof v->path, "%s", store_row_text(row, 5));
	snprintf(v->state, sizeof v->state, "%s", store_row_text(row, 6));
	for (size_t i = 0; i < hash.size && hash.size == 32; i++)
		snprintf(v->sha256 + 2 * i, 3, "%02x", ((const unsigned char *)hash.bytes)[i]);
	return OK;
}

enum err evidence_get(struct store *s, int64_t id, struct evidence *ret)
{
	memset(ret, 0, sizeof *ret);
	enum err e = STORE_RUN(s, "SELECT id, exhibit, size, received, name, path, state, sha256 FROM evidence WHERE id = ?1", evidence_row, ret, store_int(id));
	return e || ret->id ? e : err_set(ERR_NOT_FOUND, "there is no evidence %lld", (long long)id);
}

enum err evidence_path(const struct evidence *v, const char *folder, char *ret, size_t room)
{
	int n = *v->path ? snprintf(ret, room, "%s", v->path) : snprintf(ret, room, "%s/uploads/%lld", folder, (long long)v->id);
	return n > 0 && (size_t)n < room ? OK : err_set(ERR_LIMIT, "%s: the path is too long", folder);
}

static enum err opened(const struct evidence *v, const char *folder, int flags, int *ret_fd)
{
	char path[PATH_MAX];
	enum err e = evidence_path(v, folder, path, sizeof path);
	if (e)
		return e;
	*ret_fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	return *ret_fd < 0 ? err_errno("%s", path) : OK;
}

enum err evidence_write(const struct evidence *v, const char *folder, int64_t offset, const void *bytes, size_t size)
{
	int fd = -1;
	if (strcmp(v->state, "receiving") != 0)
		return err_set(ERR_CHANGED, "this evidence is complete; nothing can be added to it");
	if (offset < 0 || offset > v->size || size > (uint64_t)(v->size - offset))
		return err_set(ERR_LIMIT, "more was sent than the %lld bytes that were announced", (long long)v->size);
	enum err e = opened(v, folder, O_WRONLY | O_CREAT, &fd);
	for (size_t at = 0; !e && at < size;) {
		ssize_t n = pwrite(fd, (const char *)bytes + at, size - at, (off_t)(offset + (int64_t)at));
		if (n < 0 && errno != EINTR)
			e = err_errno("upload of %s", v->name);
		at += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0 && close(fd) && !e)
		e = err_errno("upload of %s", v->name);
	return e;
}

enum err evidence_received(struct store *s, const struct act *act, const struct evidence *v, const char *folder, int64_t end)
{
	int fd = -1;
	int64_t changes = 0;
	bool complete = end >= v->size;
	enum err e = opened(v, folder, O_WRONLY, &fd);
	if (!e && fdatasync(fd))
		e = err_errno("upload of %s", v->name);
	if (fd >= 0)
		close(fd);
	if (!e)
		e = store_query(s, "UPDATE evidence SET received = ?1, state = ?2 WHERE id = ?3 AND state = 'receiving' AND received <= ?1",
				(const struct store_value[]){ store_int(end), store_text(complete ? "ready" : "receiving"), store_int(v->id) }, 3, NULL, NULL, &changes);
	if (!e && !changes)
		e = err_set(ERR_CHANGED, "more of this evidence has been received meanwhile");
	return e || !complete ? e : log_change(s, act, LOG_COLLECTION, "evidence received whole", "exhibit", v->exhibit, json_pack("{s:I,s:I}", "evidence", (json_int_t)v->id, "size", (json_int_t)v->size));
}
