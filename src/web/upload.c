/* Evidence that comes with a request: a form's whole file, kept aside until the form is found right, or a piece of an upload, straight into its place. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "web/web_inside.h"

static struct exchange *exchange_of(const struct request *r) { return (struct exchange *)(uintptr_t)r; }

static enum err aside_make(struct exchange *x, const char *file_name)
{
	struct upload *u = &x->upload;
	const char *slash = strrchr(file_name, '/'), *back = strrchr(file_name, '\\'), *name = slash > back ? slash : back;
	name = name ? name + 1 : file_name;
	if (u->fd > 0)
		return err_set(ERR_USAGE, "file: choose one file, not several");
	snprintf(u->name, sizeof u->name, "%.*s", (int)utf8_valid(name, strnlen(name, sizeof u->name - 1)), name);
	if (snprintf(u->path, sizeof u->path, "%s/uploads/form-XXXXXX", x->web->folder) >= (int)sizeof u->path)
		return err_set(ERR_LIMIT, "%s: the path is too long", x->web->folder);
	u->fd = mkostemp(u->path, O_CLOEXEC);
	return u->fd < 0 ? err_errno("%s", u->path) : OK;
}

enum err request_upload(struct request *r, const char *field, const char *file_name, uint64_t offset, const void *bytes, size_t size)
{
	struct exchange *x = exchange_of(r);
	struct upload *u = &x->upload;
	(void)field;
	enum err e = offset == 0 ? aside_make(x, file_name) : OK;
	for (size_t at = 0; !e && at < size;) {
		ssize_t n = write(u->fd, (const char *)bytes + at, size - at);
		if (n < 0 && errno != EINTR)
			e = err_errno("upload of %s", u->name);
		at += n > 0 ? (size_t)n : 0;
	}
	u->size += e ? 0 : size;
	return e;
}

const char *request_upload_path(const struct request *r) { return exchange_of(r)->upload.fd > 0 ? exchange_of(r)->upload.path : NULL; }

struct keeping {
	struct exchange *x;
	struct evidence v;
	int64_t id;
};

static enum err announce(void *context, struct store *s)
{
	struct keeping *k = context;
	struct upload *u = &k->x->upload;
	struct evidence_new n = { k->x->r.ids[0], u->name, (int64_t)u->size, request_field(&k->x->r, "sha256") };
	enum err e = evidence_add(s, &k->x->r.act, &n, &k->id);
	return e ? e : evidence_get(s, k->id, &k->v);
}

/* As if it had come in one piece: what is set aside gets an upload's name. */
enum err request_upload_keep(struct request *r)
{
	struct keeping k = { .x = exchange_of(r) };
	struct upload *u = &k.x->upload;
	char path[PATH_MAX];
	if (u->fd <= 0)
		return request_wrong(r, "file", "Choose a file, or name one that is on the server");
	enum err e = store_transact(r->store, announce, &k);
	if (!e)
		e = evidence_part_path(&k.v, k.x->web->folder, path, sizeof path);
	if (!e && link(u->path, path) && (errno != EEXIST || unlink(path) || link(u->path, path)))
		e = err_errno("%s", path);
	if (!e)
		e = evidence_accept(r->store, &r->act, &k.v, k.x->web->folder, k.v.size);
	return e ? e : request_set(r, "id", json_integer(k.id));
}

void upload_end(struct upload *u)
{
	if (u->fd <= 0)
		return;
	close(u->fd);
	unlink(u->path);
	u->fd = 0;
}

struct evidence *request_evidence(struct request *r)
{
	struct exchange *x = exchange_of(r);
	struct store *s = NULL;
	if (x->evidence.id)
		return &x->evidence;
	enum err e = store_get(x->web->pool, POOL_WAIT_MS, &s);
	if (!e)
		e = evidence_resume(s, r->ids[0], x->web->folder, &x->evidence);
	store_put(x->web->pool, s);
	return e ? NULL : &x->evidence;
}

uint64_t request_body_size(const struct request *r) { return exchange_of(r)->received; }
