#include "match/watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "match/list_parts.h"
#include "match/near_file.h"

/* Fewer hashes are looked at one by one: 20,000 take 0.1 ms at most, and stay in the cache. */
enum { INDEXED_FROM = 20000, QUERIES_AT_ONCE = 4096, INDEX_BYTES_A_HASH = 100 };

struct watch {
	struct list_store *lists;
	struct near_file **indexes; /* NULL: scanned */
	int count, radius;
	uint64_t mapped;
};

static bool index_name(const char *list_path, char *ret, size_t size)
{
	size_t stem = strlen(list_path) - (text_ends(list_path, LIST_SUFFIX) ? strlen(LIST_SUFFIX) : 0);
	return snprintf(ret, size, "%.*s.near", (int)stem, list_path) < (int)size;
}

static enum err index_open(struct watch *w, int i, const char *folder)
{
	char path[4096], index[4096];
	uint32_t count = 0;
	const struct list_about *a = list_about(list_store_at(w->lists, i));
	(void)list_pdq(list_store_at(w->lists, i), &count);
	enum err e = list_path(folder, a->name, a->version, path, sizeof path);
	if (e || count < INDEXED_FROM)
		return e;
	if (!index_name(path, index, sizeof index))
		return err_set(ERR_USAGE, "the name of the lists' folder is too long");
	e = near_file_open(index, NEAR_FILE_READ, &w->indexes[i]);
	if (e == ERR_NOT_FOUND)
		return OK; /* scanned: slower, the same answers */
	if (!e && near_file_count(w->indexes[i]) != count)
		e = err_set(ERR_CHANGED, "%s is not the index of its list: remove the folder; the next import of the list makes it anew", index);
	return e;
}

enum err watch_open(const char *folder, int radius, struct watch **ret)
{
	struct watch *w = calloc(1, sizeof *w);
	enum err e = w ? list_store_open(folder, NULL, NULL, &w->lists) : ERR_NOMEM;
	if (!e) {
		w->count = list_store_count(w->lists);
		w->radius = radius;
		w->indexes = calloc((size_t)w->count + 1, sizeof *w->indexes);
		e = w->indexes ? OK : ERR_NOMEM;
	}
	for (int i = 0; !e && i < w->count; i++) {
		uint32_t count;
		e = index_open(w, i, folder);
		w->mapped += list_mapped(list_store_at(w->lists, i));
		(void)list_pdq(list_store_at(w->lists, i), &count);
		if (!e && w->indexes[i])
			w->mapped += (uint64_t)count * INDEX_BYTES_A_HASH + (16 << 20);
	}
	if (e) {
		watch_free(w);
		return e;
	}
	*ret = w;
	return OK;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	for (int i = 0; w->indexes && i < w->count; i++)
		near_file_free(w->indexes[i]);
	free(w->indexes);
	list_store_free(w->lists);
	free(w);
}

const struct list_store *watch_lists(const struct watch *w) { return w->lists; }
int watch_radius(const struct watch *w) { return w->radius; }
uint64_t watch_mapped(const struct watch *w) { return w->mapped; }

bool watch_wants(const struct watch *w, enum list_kind k)
{
	for (int i = 0; i < w->count; i++)
		if (list_about(list_store_at(w->lists, i))->counts[k])
			return true;
	return false;
}

/* --- digests --- */

struct digest {
	watch_fn *hit;
	void *context;
	struct watch_hit h;
	bool go;
};

static bool digest_hit(void *context, const struct list_hit *hit)
{
	struct digest *d = context;
	d->h.entry = hit->entry;
	return d->go = d->hit(d->context, &d->h);
}

void watch_digest(const struct watch *w, enum list_kind k, const uint8_t *digest, watch_fn *hit, void *context)
{
	struct digest d = { .hit = hit, .context = context, .h = { .kind = k }, .go = true };
	for (int i = 0; d.go && i < w->count; i++) {
		d.h.list = list_store_at(w->lists, i);
		d.h.number = i;
		list_find_in(d.h.list, k, digest, digest_hit, &d);
	}
}

/* --- looks --- */

struct look {
	const struct watch *w;
	watch_fn *hit;
	void *context;
	int list;
	uint32_t first; /* of the queries at hand */
	bool go, wrong;
};

static bool look_hit(struct look *l, uint32_t query, uint32_t id, uint32_t distance)
{
	const struct list *list = list_store_at(l->w->lists, l->list);
	struct watch_hit h = { list, l->list, list_pdq_entry(list, id), LIST_PDQ, distance, l->first + query };
	return l->go = l->hit(l->context, &h);
}

static bool scan_hit(void *context, uint32_t query, struct near_hit hit) { return look_hit(context, query, hit.id, hit.distance); }

static bool index_hit(void *context, struct near_file_hit hit)
{
	struct look *l = context;
	uint32_t count;
	const struct pdq *hashes = list_pdq(list_store_at(l->w->lists, l->list), &count);
	if (hit.id >= count || memcmp(&hashes[hit.id], hit.hash, sizeof *hashes) != 0) {
		l->wrong = true;
		return false;
	}
	return look_hit(l, hit.query, (uint32_t)hit.id, hit.distance);
}

static enum err list_look(struct look *l, const struct pdq *hashes, uint32_t count, int threads)
{
	const struct watch *w = l->w;
	uint32_t among;
	const struct pdq *all = list_pdq(list_store_at(w->lists, l->list), &among);
	enum err e = OK;
	if (among && w->indexes[l->list])
		e = near_file_find_many(w->indexes[l->list], hashes, count, w->radius, threads, index_hit, l);
	else if (among)
		near_scan(all, among, hashes, count, w->radius, scan_hit, l);
	if (!e && l->wrong) {
		const struct list_about *a = list_about(list_store_at(w->lists, l->list));
		e = err_set(ERR_FORMAT, "the index of list %s@%s is not of this list: remove %s@%s.near", a->name, a->version, a->name, a->version);
	}
	return e;
}

enum err watch_pdq_many(const struct watch *w, const struct pdq *hashes, uint32_t count, watch_fn *hit, void *context)
{
	struct look l = { .w = w, .hit = hit, .context = context, .go = true };
	enum err e = OK;
	for (; !e && l.go && l.list < w->count; l.list++)
		for (l.first = 0; !e && l.go && l.first < count; l.first += QUERIES_AT_ONCE)
			e = list_look(&l, hashes + l.first, count - l.first < QUERIES_AT_ONCE ? count - l.first : QUERIES_AT_ONCE, 0);
	return e;
}

static bool first_hit(void *context, const struct watch_hit *hit)
{
	(void)hit;
	*(bool *)context = true;
	return false;
}

static bool illegal(const struct watch *w, int i) { return list_about(list_store_at(w->lists, i))->nature == LIST_ILLEGAL; }

bool watch_illegal_pdq(const struct watch *w, const struct pdq *hash)
{
	bool found = false;
	struct look l = { .w = w, .hit = first_hit, .context = &found, .go = true };
	for (; !found && l.list < w->count; l.list++)
		if (illegal(w, l.list) && list_look(&l, hash, 1, 1))
			return true;
	return found;
}

bool watch_illegal_digest(const struct watch *w, enum list_kind k, const uint8_t *digest)
{
	bool found = false;
	struct digest d = { .hit = first_hit, .context = &found };
	for (int i = 0; !found && i < w->count; i++)
		if (illegal(w, i))
			list_find_in(list_store_at(w->lists, i), k, digest, digest_hit, &d);
	return found;
}

/* --- the index beside a list --- */

enum err watch_index_remove(const char *path)
{
	char index[4096];
	struct dirent *d;
	if (!index_name(path, index, sizeof index))
		return err_set(ERR_USAGE, "the name of the lists' folder is too long");
	int fd = open(index, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? OK : err_errno("cannot open %s", index);
	DIR *folder = fdopendir(fd);
	if (!folder) {
		close(fd);
		return err_errno("cannot read %s", index);
	}
	enum err e = OK;
	while (!e && (d = readdir(folder)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0 && unlinkat(fd, d->d_name, 0) != 0 && errno != ENOENT)
			e = err_errno("cannot remove %s/%s", index, d->d_name);
	closedir(folder);
	return !e && rmdir(index) != 0 && errno != ENOENT ? err_errno("cannot remove %s", index) : e;
}

enum err watch_index_make(const char *path)
{
	struct list *l = NULL;
	struct near_file *f = NULL;
	char index[4096];
	uint64_t ids[4096];
	uint32_t count = 0;
	enum err e = watch_index_remove(path);
	if (!e)
		e = list_open(path, &l);
	const struct pdq *hashes = e ? NULL : list_pdq(l, &count);
	if (!e && count >= INDEXED_FROM) {
		e = index_name(path, index, sizeof index) ? near_file_open(index, NEAR_FILE_WRITE, &f) : err_set(ERR_USAGE, "the name of the lists' folder is too long");
		for (uint32_t i = 0, n; !e && i < count; i += n) {
			n = count - i < 4096 ? count - i : 4096;
			for (uint32_t k = 0; k < n; k++)
				ids[k] = i + k;
			e = near_file_append(f, hashes + i, ids, n);
		}
		if (!e)
			e = near_file_commit(f, 0);
		near_file_free(f);
		if (e) {
			char why[1024];
			snprintf(why, sizeof why, "%s", err_message());
			(void)watch_index_remove(path);
			err_set(e, "%s", why);
		}
	}
	list_free(l);
	return e;
}
