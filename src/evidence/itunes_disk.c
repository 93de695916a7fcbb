#include "evidence/itunes_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence/list.h"

enum { DEPTH_MOST = 8 };

struct itunes_disk_id {
	uint8_t id[ITUNES_ID];
	bool flat, used;
};

static int id_order(const void *a, const void *b)
{
	const struct itunes_disk_id *x = a, *y = b;
	int by_id = memcmp(x->id, y->id, ITUNES_ID);
	return by_id ? by_id : (int)x->flat - (int)y->flat;
}

static int name_order(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* Room for one more of `size` bytes, or NULL. */
static void *grown(void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	size_t more = *room ? *room * 2 : 256;
	void *p = realloc(items, more * size);
	if (p)
		*room = more;
	return p;
}

static enum err other_add(struct itunes_disk *d, const char *path)
{
	char **others = grown(d->others, d->other_count, &d->other_room, sizeof *others);
	char *copy = others ? strdup(path) : NULL;
	if (others)
		d->others = others;
	if (!copy)
		return err_set(ERR_NOMEM, "out of memory for the backup's file names");
	d->others[d->other_count++] = copy;
	return OK;
}

static enum err file_note(struct itunes_disk *d, const char *path)
{
	struct itunes_disk_id item = { 0 };
	size_t n = strlen(path);
	/* Only the spelling that is looked for later: a name in upper case would not be found again under its hash. */
	char name[ITUNES_NAME];
	if (d->id_count + d->other_count >= ENTRIES_MOST)
		return err_set(ERR_LIMIT, "more than %d files", ENTRIES_MOST);
	item.flat = n == 40;
	if ((n != 43 && n != 40) || !itunes_id(path + (n - 40), 40, item.id))
		return other_add(d, path);
	itunes_disk_name(item.id, item.flat, name);
	if (strcmp(name, path) != 0)
		return other_add(d, path);
	struct itunes_disk_id *ids = grown(d->ids, d->id_count, &d->id_room, sizeof *ids);
	if (!ids)
		return err_set(ERR_NOMEM, "out of memory for the backup's file names");
	d->ids = ids;
	d->ids[d->id_count++] = item;
	return OK;
}

/* What one name is; links and devices count as files here and are never opened. */
static bool is_folder(int folder, const struct dirent *i)
{
	struct stat st;
	if (i->d_type != DT_UNKNOWN)
		return i->d_type == DT_DIR;
	return fstatat(folder, i->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* `path`: of the folder, or "" for the root. Folders found are appended to `pending`. */
static enum err folder_scan(struct itunes_disk *d, int root, const char *path, struct itunes_disk *pending)
{
	int fd = file_open_below(root, *path ? path : ".", O_RDONLY | O_DIRECTORY);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!dir) {
		if (fd >= 0)
			close(fd);
		d->damage = "a folder of the backup cannot be read: its files are not listed";
		return OK;
	}
	enum err e = OK;
	char name[ITUNES_PATH_MOST];
	for (struct dirent *i; !e && (i = readdir(dir));) {
		if (strcmp(i->d_name, ".") == 0 || strcmp(i->d_name, "..") == 0)
			continue;
		int n = snprintf(name, sizeof name, "%s%s%s", path, *path ? "/" : "", i->d_name);
		size_t depth = *path != 0;
		for (const char *p = path; *p; p++)
			depth += *p == '/';
		if (n < 0 || (size_t)n >= sizeof name || depth > DEPTH_MOST)
			d->damage =
				"folders lie deeper in one another than in any real backup: the deepest are not listed";
		else if (!is_folder(fd, i))
			e = file_note(d, name);
		else if (pending->other_count < ENTRIES_MOST)
			e = other_add(pending, name);
	}
	closedir(dir);
	return e;
}

enum err itunes_disk_scan(int root, struct itunes_disk *ret)
{
	struct itunes_disk pending = { 0 };
	memset(ret, 0, sizeof *ret);
	enum err e = folder_scan(ret, root, "", &pending);
	while (!e && pending.other_count) {
		char *next = pending.others[--pending.other_count];
		e = folder_scan(ret, root, next, &pending);
		free(next);
	}
	itunes_disk_free(&pending);
	if (ret->id_count)
		qsort(ret->ids, ret->id_count, sizeof *ret->ids, id_order);
	if (ret->other_count)
		qsort(ret->others, ret->other_count, sizeof *ret->others, name_order);
	ret->scanned = true;
	return e;
}

bool itunes_disk_use(struct itunes_disk *d, const uint8_t id[ITUNES_ID], bool *ret_flat)
{
	size_t from = 0, to = d->id_count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (memcmp(d->ids[middle].id, id, ITUNES_ID) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == d->id_count || memcmp(d->ids[from].id, id, ITUNES_ID) != 0)
		return false;
	d->ids[from].used = true;
	*ret_flat = d->ids[from].flat;
	return true;
}

void itunes_disk_name(const uint8_t id[ITUNES_ID], bool flat, char ret[ITUNES_NAME])
{
	static const char digits[] = "0123456789abcdef";
	char *p = ret;
	for (size_t i = 0; i < ITUNES_ID; i++) {
		if (i == 0 && !flat) {
			*p++ = digits[id[0] >> 4];
			*p++ = digits[id[0] & 15];
			*p++ = '/';
		}
		*p++ = digits[id[i] >> 4];
		*p++ = digits[id[i] & 15];
	}
	*p = 0;
}

enum err itunes_disk_unused(struct itunes_disk *d, itunes_unused_fn *fn, void *context)
{
	enum err e = OK;
	char name[ITUNES_NAME];
	for (size_t i = 0; !e && i < d->id_count; i++) {
		if (d->ids[i].used)
			continue;
		itunes_disk_name(d->ids[i].id, d->ids[i].flat, name);
		e = fn(context, name, true);
	}
	for (size_t i = 0; !e && i < d->other_count; i++)
		e = fn(context, d->others[i], false);
	return e;
}

void itunes_disk_free(struct itunes_disk *d)
{
	for (size_t i = 0; i < d->other_count; i++)
		free(d->others[i]);
	free(d->others);
	free(d->ids);
	memset(d, 0, sizeof *d);
}
