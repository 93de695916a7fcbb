#include "match/near_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scratch.h"
#include "match/near_manifest.h"
#include "match/near_segment.h"

enum { BUFFERED = 4096 /* hashes appended, before they go to the scratch files */, RETRIES = 1000, MERGED_UP_TO = 2 /* times its successor */ };

struct near_file {
	char *name;
	int folder, lock; /* lock: -1 for a reader */
	struct manifest manifest;
	struct segment *segments[MANIFEST_SEGMENTS];
	const struct near_index *parts[MANIFEST_SEGMENTS];
	/* appended since the last commit */
	int hashes_fd, ids_fd; /* -1: nothing there */
	uint64_t written;
	uint32_t buffered;
	struct pdq hashes[BUFFERED];
	uint64_t ids[BUFFERED];
};

/* --- opening --- */

static char *path_of(const struct near_file *f, const char *file)
{
	char *path;
	return asprintf(&path, "%s/%s", f->name, file) < 0 ? NULL : path;
}

static enum err segment_load(const struct near_file *f, const struct manifest *m, uint32_t i, struct segment **ret)
{
	char file[SEGMENT_NAME];
	segment_name(m->segments[i].number, file);
	char *path = path_of(f, file);
	if (!path)
		return ERR_NOMEM;
	int fd = openat(f->folder, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	enum err e = fd < 0 ? err_errno("cannot open %s", path) : segment_open(fd, path, m->born, m->segments[i].number, ret);
	if (!e && (*ret)->index.count != m->segments[i].count) {
		e = err_set(ERR_FORMAT, "%s is damaged at offset 20: it has %u hashes and the manifest says %llu", path, (*ret)->index.count,
			    (unsigned long long)m->segments[i].count);
		segment_free(*ret);
	}
	if (fd >= 0)
		close(fd);
	free(path);
	return e;
}

/* Opens what `m` names and is not open yet, then lets go of what it does not name. On an error all stays as it was. */
static enum err segments_take(struct near_file *f, const struct manifest *m)
{
	struct segment *now[MANIFEST_SEGMENTS] = { 0 };
	bool kept[MANIFEST_SEGMENTS] = { false }, old[MANIFEST_SEGMENTS] = { false };
	enum err e = OK;
	for (uint32_t i = 0; i < m->count && !e; i++) {
		for (uint32_t k = 0; k < f->manifest.count && m->born == f->manifest.born && !now[i]; k++)
			if (f->segments[k]->number == m->segments[i].number) {
				now[i] = f->segments[k];
				kept[k] = old[i] = true;
			}
		if (!now[i])
			e = segment_load(f, m, i, &now[i]);
	}
	if (e) {
		for (uint32_t i = 0; i < m->count; i++)
			if (now[i] && !old[i])
				segment_free(now[i]);
		return e;
	}
	for (uint32_t k = 0; k < f->manifest.count; k++)
		if (!kept[k])
			segment_free(f->segments[k]);
	f->manifest = *m;
	for (uint32_t i = 0; i < m->count; i++) {
		f->segments[i] = now[i];
		f->parts[i] = &now[i]->index;
	}
	return OK;
}

/* A writer may remove a merged segment between our reading the manifest and opening what it names: then there is another manifest. */
static enum err state_read(struct near_file *f)
{
	struct manifest m, before = { 0 };
	for (int i = 0;; i++) {
		enum err e = manifest_read(f->folder, f->name, &m);
		if (e)
			return e;
		e = segments_take(f, &m);
		if (e != ERR_NOT_FOUND)
			return e;
		if (i == RETRIES || (i && manifest_equal(&m, &before)))
			return err_set(ERR_FORMAT, "%s: a segment that the manifest names is missing", f->name);
		before = m;
	}
}

static bool is_segment(const char *name, uint64_t *ret_number)
{
	char again[SEGMENT_NAME];
	*ret_number = strtoull(name, NULL, 16);
	segment_name(*ret_number, again);
	return strcmp(name, again) == 0;
}

/* Segments that no manifest names, of a writer that died. `f` has the lock. Without `remove` only says whether there are any. */
static enum err strays(struct near_file *f, bool remove, bool *ret_some)
{
	int fd = openat(f->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	*ret_some = false;
	if (!d) {
		enum err e = err_errno("cannot read %s", f->name);
		if (fd >= 0)
			close(fd);
		return e;
	}
	for (struct dirent *x; (x = readdir(d));) {
		uint64_t number;
		bool named = false;
		if (!is_segment(x->d_name, &number))
			continue;
		for (uint32_t i = 0; i < f->manifest.count; i++)
			named |= f->manifest.segments[i].number == number;
		*ret_some |= !named;
		if (!named && remove)
			unlinkat(f->folder, x->d_name, 0);
	}
	closedir(d);
	return OK;
}

static enum err writer_begin(struct near_file *f)
{
	bool some;
	f->lock = openat(f->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (f->lock < 0)
		return err_errno("cannot open %s/lock", f->name);
	if (flock(f->lock, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? err_set(ERR_EXISTS, "%s is in use: somebody else is writing to it", f->name) : err_errno("cannot lock %s/lock", f->name);
	enum err e = state_read(f);
	if (e != ERR_NOT_FOUND)
		return e ? e : strays(f, true, &some);
	/* New. Segments without a manifest are not: nobody may take them for strays. */
	e = strays(f, false, &some);
	if (!e && some)
		e = err_set(ERR_FORMAT, "%s has segments and no manifest", f->name);
	if (e)
		return e;
	f->manifest = (struct manifest){ .next = 1 };
	if (getrandom(&f->manifest.born, sizeof f->manifest.born, 0) != sizeof f->manifest.born)
		return err_errno("no random number");
	e = manifest_write(f->folder, f->name, &f->manifest);
	return !e && fsync(f->folder) != 0 ? err_errno("cannot write %s", f->name) : e;
}

enum err near_file_open(const char *folder, enum near_file_mode mode, struct near_file **ret)
{
	if (mode == NEAR_FILE_WRITE && mkdir(folder, 0750) != 0 && errno != EEXIST)
		return err_errno("cannot make %s", folder);
	struct near_file *f = calloc(1, sizeof *f);
	if (!f)
		return ERR_NOMEM;
	f->folder = f->lock = f->hashes_fd = f->ids_fd = -1;
	f->name = strdup(folder);
	f->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err e = !f->name ? ERR_NOMEM : f->folder < 0 ? err_errno("cannot open %s", folder) : mode == NEAR_FILE_WRITE ? writer_begin(f) : state_read(f);
	if (e) {
		near_file_free(f);
		return e;
	}
	*ret = f;
	return OK;
}

static void appended_drop(struct near_file *f)
{
	if (f->hashes_fd >= 0)
		close(f->hashes_fd);
	if (f->ids_fd >= 0)
		close(f->ids_fd);
	f->hashes_fd = f->ids_fd = -1;
	f->written = f->buffered = 0;
}

void near_file_free(struct near_file *f)
{
	if (!f)
		return;
	appended_drop(f);
	for (uint32_t i = 0; i < f->manifest.count; i++)
		segment_free(f->segments[i]);
	if (f->lock >= 0)
		close(f->lock);
	if (f->folder >= 0)
		close(f->folder);
	free(f->name);
	free(f);
}

enum err near_file_refresh(struct near_file *f, bool *ret_changed)
{
	struct manifest before = f->manifest;
	enum err e = state_read(f);
	if (!e && ret_changed)
		*ret_changed = !manifest_equal(&before, &f->manifest);
	return e;
}

uint64_t near_file_count(const struct near_file *f)
{
	uint64_t count = 0;
	for (uint32_t i = 0; i < f->manifest.count; i++)
		count += f->parts[i]->count;
	return count;
}

/* --- writing --- */

static enum err buffer_write(struct near_file *f)
{
	enum err e = OK;
	if (f->hashes_fd < 0)
		e = scratch_open(f->name, &f->hashes_fd);
	if (!e && f->ids_fd < 0)
		e = scratch_open(f->name, &f->ids_fd);
	if (!e)
		e = near_write(f->hashes_fd, f->name, f->written * sizeof *f->hashes, f->hashes, f->buffered * sizeof *f->hashes);
	if (!e)
		e = near_write(f->ids_fd, f->name, f->written * sizeof *f->ids, f->ids, f->buffered * sizeof *f->ids);
	f->written += f->buffered;
	f->buffered = 0;
	return e;
}

enum err near_file_append(struct near_file *f, const struct pdq *hashes, const uint64_t *ids, size_t count)
{
	if (f->lock < 0)
		return err_set(ERR_USAGE, "%s is open for reading", f->name);
	if (count > SEGMENT_COUNT_MOST - f->written - f->buffered)
		return err_set(ERR_LIMIT, "more than %d hashes at a time", SEGMENT_COUNT_MOST);
	for (size_t done = 0; done < count;) {
		size_t n = count - done < BUFFERED - f->buffered ? count - done : BUFFERED - f->buffered;
		memcpy(f->hashes + f->buffered, hashes + done, n * sizeof *hashes);
		memcpy(f->ids + f->buffered, ids + done, n * sizeof *ids);
		f->buffered += (uint32_t)n;
		done += n;
		enum err e = f->buffered == BUFFERED ? buffer_write(f) : OK;
		if (e) {
			appended_drop(f);
			return e;
		}
	}
	return OK;
}

/* One segment of `sources`, under its name when it is complete and on the disk. */
static enum err segment_make(struct near_file *f, uint64_t number, const struct segment_source *sources, size_t count, int threads)
{
	char file[SEGMENT_NAME];
	segment_name(number, file);
	char *path = path_of(f, file);
	if (!path)
		return ERR_NOMEM;
	/* No manifest names it yet: nobody looks at it before it is whole. */
	int fd = openat(f->folder, file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	enum err e = fd < 0 ? err_errno("cannot make %s", path) : near_segment_write(fd, path, f->manifest.born, number, sources, count, threads);
	if (fd >= 0) {
		close(fd);
		if (e)
			unlinkat(f->folder, file, 0);
	}
	free(path);
	return e;
}

/* Merges what was appended with all segments at the end that are not much larger. */
static enum err merged_make(struct near_file *f, const struct segment_source *appended, int threads, struct manifest *ret)
{
	struct segment_source sources[MANIFEST_SEGMENTS + 1];
	struct manifest m = f->manifest;
	uint64_t count = appended->count;
	while (m.count && m.segments[m.count - 1].count <= MERGED_UP_TO * count && m.segments[m.count - 1].count + count <= SEGMENT_COUNT_MOST)
		count += m.segments[--m.count].count;
	if (m.count == MANIFEST_SEGMENTS)
		return err_set(ERR_LIMIT, "%s has too many segments", f->name);
	size_t n = 0;
	for (uint32_t i = m.count; i < f->manifest.count; i++)
		sources[n++] = (struct segment_source){ f->parts[i]->hashes, f->segments[i]->ids, f->parts[i]->count };
	sources[n++] = *appended;
	m.segments[m.count].number = m.next;
	m.segments[m.count++].count = count;
	*ret = m;
	/* The number is used up also where this fails: what is left of it is in nobody's way. */
	ret->next = ++f->manifest.next;
	return segment_make(f, m.next, sources, n, threads);
}

static enum err state_replace(struct near_file *f, const struct manifest *m)
{
	struct manifest before = f->manifest;
	char file[SEGMENT_NAME];
	/* The new segment's name is to be on the disk before a manifest that names it. */
	enum err e = fsync(f->folder) != 0 ? err_errno("cannot write %s", f->name) : manifest_write(f->folder, f->name, m);
	if (e)
		return e;
	/* From here on it is committed, as far as a living machine is concerned. */
	enum err late = fsync(f->folder) != 0 ? err_errno("cannot write %s", f->name) : OK;
	e = segments_take(f, m);
	for (uint32_t i = 0; i < before.count && !e && !late; i++) {
		bool named = false;
		for (uint32_t k = 0; k < m->count; k++)
			named |= m->segments[k].number == before.segments[i].number;
		segment_name(before.segments[i].number, file);
		if (!named)
			unlinkat(f->folder, file, 0);
	}
	return e ? e : late;
}

static void *map_of(int fd, uint64_t size)
{
	void *p = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

enum err near_file_commit(struct near_file *f, int threads)
{
	struct manifest m;
	if (f->lock < 0)
		return err_set(ERR_USAGE, "%s is open for reading", f->name);
	if (!f->written && !f->buffered)
		return OK;
	enum err e = buffer_write(f);
	uint64_t hash_size = f->written * sizeof *f->hashes, id_size = f->written * sizeof *f->ids;
	void *hashes = e ? NULL : map_of(f->hashes_fd, hash_size), *ids = e ? NULL : map_of(f->ids_fd, id_size);
	if (!e && (!hashes || !ids))
		e = err_errno("cannot map what was appended to %s", f->name);
	struct segment_source appended = { hashes, ids, (uint32_t)f->written };
	if (!e)
		e = merged_make(f, &appended, threads, &m);
	if (!e)
		e = state_replace(f, &m);
	if (hashes)
		munmap(hashes, hash_size);
	if (ids)
		munmap(ids, id_size);
	appended_drop(f);
	return e;
}

/* --- searching --- */

struct file_search {
	const struct near_file *f;
	near_file_fn *hit;
	void *context;
};

static bool file_hit(void *context, uint32_t part, uint32_t query, struct near_hit hit)
{
	const struct file_search *s = context;
	const struct segment *g = s->f->segments[part];
	return s->hit(s->context, (struct near_file_hit){ .id = g->ids[hit.id], .hash = &g->index.hashes[hit.id], .query = query, .distance = hit.distance });
}

/* A search has met what cannot be: where it lies is for the checksums to say. */
static enum err part_damaged(const struct near_file *f, int part)
{
	if (part < 0)
		return OK;
	enum err e = segment_verify(f->segments[part]);
	return e ? e : err_set(ERR_FORMAT, "%s is damaged at offset %d: its tables contradict each other", f->segments[part]->path, SEGMENT_HEAD);
}

enum err near_file_find(const struct near_file *f, const struct pdq *query, int radius, near_file_fn *hit, void *context)
{
	return near_file_find_many(f, query, 1, radius, 1, hit, context);
}

enum err near_file_find_many(const struct near_file *f, const struct pdq *queries, uint32_t count, int radius, int threads, near_file_fn *hit, void *context)
{
	struct file_search s = { f, hit, context };
	return part_damaged(f, near_many(f->parts, f->manifest.count, queries, count, radius, threads, file_hit, &s));
}

enum err near_file_find_forms(const struct near_file *f, const struct pdq forms[PDQ_DIHEDRALS], int radius, near_file_fn *hit, void *context)
{
	struct file_search s = { f, hit, context };
	int damaged;
	enum err e = near_forms(f->parts, f->manifest.count, forms, radius, file_hit, &s, &damaged);
	return e ? e : part_damaged(f, damaged);
}

enum err near_file_verify(const struct near_file *f)
{
	enum err e = OK;
	for (uint32_t i = 0; i < f->manifest.count && !e; i++)
		e = segment_verify(f->segments[i]);
	return e;
}
