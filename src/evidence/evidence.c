#include "evidence/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/quiet.h"
#include "evidence/list.h"

/* The first whose probe says yes opens the source: the strict ones first. A zip is found by its end too, and the last file in a tar may be a
 * zip: so it comes last. */
static const struct container_type *const container_types[] = {
	&itunes_container,
	&folder_container,
	&ab_container,
	&tar_container,
	&zip_container,
};

static const struct container_type *type_of(const struct source *s)
{
	for (size_t i = 0; i < sizeof container_types / sizeof *container_types; i++)
		if (container_types[i]->probe(s))
			return container_types[i];
	return NULL;
}

/* Makes a container of `fd` (taken over) and lists it. */
static enum err container_open(struct evidence *e, const char *path, const char *prefix, int fd)
{
	struct container *c = calloc(1, sizeof *c);
	struct stat st;
	if (!c || fstat(fd, &st) < 0) {
		close(fd);
		free(c);
		return c ? err_errno("cannot examine %s", path) : err_set(ERR_NOMEM, "out of memory to open %s", path);
	}
	struct container **last = &e->containers;
	while (*last)
		last = &(*last)->next;
	*last = c; /* from here on evidence_free() frees it */
	c->evidence = e;
	c->prefix = prefix;
	c->password = e->password;
	c->first = e->count;
	c->source.path = path;
	c->source.fd = fd;
	c->source.folder = S_ISDIR(st.st_mode);
	if (!c->source.folder) {
		c->source.size = (uint64_t)st.st_size;
		enum err x = file_read_some(fd, c->source.head, sizeof c->source.head, 0, &c->source.head_size);
		if (x)
			return x;
	}
	c->type = type_of(&c->source);
	if (!c->type)
		return err_set(ERR_FORMAT, "%s is no folder, zip, tar or phone backup that Custos knows", path);
	c->kind = c->type->name;
	return c->type->open(c);
}

bool container_nest(struct container *outer, const char *path, int fd)
{
	struct evidence *e = outer->evidence;
	size_t size = strlen(path);
	char *prefix = *outer->prefix ? NULL : container_alloc(outer, size + 3);
	if (!prefix) {
		close(fd);
		return false;
	}
	memcpy(prefix, path, size);
	memcpy(prefix + size, "!/", 3);
	enum err x = container_open(e, path, prefix, fd);
	if (x)
		container_note(outer, path, 0, "not opened as a container: %s", *err_message() ? err_message() : err_text(x));
	return !x;
}

static enum err evidence_fill(struct evidence *e, const char *path, const struct evidence_options *o)
{
	e->arena = arena_make((size_t)2 << 30);
	e->sandbox = o ? o->sandbox : NULL;
	e->manifest_fn = o ? o->manifest_fn : 0;
	if (o && ((o->scratch && !(e->scratch = strdup(o->scratch))) || (o->password && !(e->password = strdup(o->password)))))
		return err_set(ERR_NOMEM, "out of memory to open %s", path);
	/* O_NONBLOCK: a pipe given by mistake must not hang the program. */
	int fd = quiet_open(path, O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_errno("cannot open %s", path);
	if (fstat(fd, &e->root) < 0 || !(S_ISDIR(e->root.st_mode) || S_ISREG(e->root.st_mode))) {
		close(fd);
		return err_set(ERR_FORMAT, "%s is neither a folder nor a file", path);
	}
	char *shown = arena_copy(&e->arena, path, strlen(path));
	if (!shown) {
		close(fd);
		return err_set(ERR_NOMEM, "out of memory to open %s", path);
	}
	enum err x = container_open(e, shown, "", fd);
	if (x)
		return x;
	if (e->notes_lost) {
		/* In the place of the last one, which is lost too. */
		char *line = container_alloc(e->containers, 64);
		if (line) {
			snprintf(line, 64, "%zu more notes were left out", e->notes_lost + 1);
			e->notes[e->note_count - 1] = (struct evidence_note){ "", 0, line };
		}
	}
	buf_free(&e->name);
	struct entry *fit = e->count ? realloc(e->entries, e->count * sizeof *fit) : NULL;
	if (fit)
		e->entries = fit;
	return entries_sort(e->entries, e->count);
}

enum err evidence_open(const char *path, const struct evidence_options *o, struct evidence **ret)
{
	*ret = NULL;
	struct evidence *e = calloc(1, sizeof *e);
	if (!e)
		return err_set(ERR_NOMEM, "out of memory to open %s", path);
	enum err x = evidence_fill(e, path, o);
	if (x)
		evidence_free(e);
	else
		*ret = e;
	return x;
}

void evidence_free(struct evidence *e)
{
	if (!e)
		return;
	for (struct container *c = e->containers, *next; c; c = next) {
		next = c->next;
		if (c->type)
			c->type->free(c);
		close(c->source.fd);
		free(c);
	}
	buf_free(&e->name);
	free(e->entries);
	free(e->notes);
	free(e->scratch);
	if (e->password)
		explicit_bzero(e->password, strlen(e->password));
	free(e->password);
	pool_free(e);
	arena_free(&e->arena);
	free(e);
}

const char *evidence_kind(const struct evidence *e) { return e->containers->kind; }
size_t evidence_count(const struct evidence *e) { return e->count; }
const struct entry *evidence_entry(const struct evidence *e, size_t i) { return i < e->count ? &e->entries[i] : NULL; }
size_t evidence_note_count(const struct evidence *e) { return e->note_count; }

struct evidence_note evidence_note(const struct evidence *e, size_t i)
{
	return i < e->note_count ? e->notes[i] : (struct evidence_note){ "", 0, "" };
}

/* The entries are sorted by path, so a binary search needs no table beside them. */
const struct entry *evidence_find(const struct evidence *e, const char *path)
{
	size_t from = 0, to = e->count; /* the first entry behind `path` lies in [from, to] */
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (strcmp(e->entries[middle].path, path) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from && strcmp(e->entries[from - 1].path, path) == 0 ? &e->entries[from - 1] : NULL;
}

enum err evidence_read(const struct evidence *e, const struct entry *entry, evidence_sink *sink, void *context)
{
	(void)e;
	if (entry->type != ENTRY_FILE)
		return err_set(ERR_USAGE, "%s is no file", entry->path);
	return entry->container->type->read(entry->container, entry, sink, context);
}

int evidence_entry_fd(const struct evidence *e, const struct entry *entry)
{
	(void)e;
	const struct container *c = entry->container;
	return entry->type == ENTRY_FILE && c->type->entry_fd ? c->type->entry_fd(c, entry) : -1;
}

/* Cuts the last part off `path`: "a/b" → "a", "/a" → "/", "a" → ".". False when there is nothing left to cut. */
static bool path_cut(char *path)
{
	size_t n = strlen(path);
	while (n > 1 && path[n - 1] == '/')
		path[--n] = 0;
	char *slash = strrchr(path, '/');
	if (slash == path ? n <= 1 : !slash && strcmp(path, ".") == 0)
		return false;
	if (slash == path)
		path[1] = 0;
	else if (slash)
		*slash = 0;
	else
		memcpy(path, ".", 2);
	return true;
}

/* The real path of the nearest thing that exists at or above `path`. Links that lead nowhere yet are followed too: who writes through one would
 * write where it points. malloc'd, or NULL. */
static char *path_nearest(const char *path)
{
	char *at = strdup(*path ? path : "."), *real = NULL;
	for (int links = 0; at && !(real = realpath(at, NULL));) {
		char target[4096];
		ssize_t n = readlink(at, target, sizeof target - 1);
		bool cut = n < 0 || links++ > 40;
		if ((cut || target[0] != '/') && !path_cut(at))
			break;
		if (!cut) {
			char *joined = NULL;
			target[n] = 0;
			if (asprintf(&joined, "%s%s%s", target[0] == '/' ? "" : at, target[0] == '/' ? "" : "/", target) < 0)
				joined = NULL;
			free(at);
			at = joined;
		}
	}
	free(at);
	return real;
}

bool evidence_contains(const struct evidence *e, const char *path)
{
	char *real = path_nearest(path);
	if (!real)
		return true; /* nobody can tell: better no file than one in the evidence */
	bool inside = false;
	struct stat st;
	/* By device and inode, up to the root: bind mounts and hard links do not hide it. */
	do
		inside = stat(real, &st) == 0 && st.st_dev == e->root.st_dev && st.st_ino == e->root.st_ino;
	while (!inside && path_cut(real));
	free(real);
	return inside;
}
