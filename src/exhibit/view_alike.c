#include <stdlib.h>
#include <string.h>

#include "exhibit/view_inside.h"
#include "match/groups.h"
#include "match/near.h"

/* All comparable hashes of what may be shown, file by file. */
struct all {
	struct pdq *hashes;
	struct view_alike *of;
	uint32_t count, room, incomparable;
};

static bool all_add(struct all *a, const uint8_t *bytes, const struct view_alike *of)
{
	if (a->count == a->room) {
		uint32_t room = a->room ? 2 * a->room : 1024;
		struct pdq *hashes = realloc(a->hashes, room * sizeof *hashes);
		a->hashes = hashes ? hashes : a->hashes;
		struct view_alike *files = realloc(a->of, room * sizeof *files);
		a->of = files ? files : a->of;
		if (!hashes || !files)
			return false;
		a->room = room;
	}
	a->hashes[a->count] = pdq_of_bytes(bytes);
	a->of[a->count++] = *of;
	return true;
}

static void all_free(struct all *a)
{
	free(a->hashes);
	free(a->of);
}

/* `first`: of each file the first comparable one alone. */
static enum err all_read(struct view *v, bool first, struct all *a)
{
	struct buf sql = { 0 };
	sqlite3_stmt *q = NULL;
	int64_t last = 0;
	bool had = true;
	int rc = SQLITE_DONE;
	buf_text(&sql, "SELECT h.file, coalesce(h.frame, -1), h.quality, h.pdq, f.content LIKE 'video/%', (SELECT value FROM exhibit WHERE key = 'video_frames') <> 'all' FROM media_hash h "
		       "JOIN file f ON f.id = h.file WHERE h.file NOT IN (SELECT file FROM sensitive) AND h.file NOT IN (SELECT file FROM known_good) ORDER BY h.id");
	enum err e = view_prepare(v, &sql, "fingerprints", &q);
	buf_free(&sql);
	while (!e && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		struct view_alike x = { sqlite3_column_int64(q, 0), 0, sqlite3_column_int(q, 2), sqlite3_column_int64(q, 1), sqlite3_column_int(q, 4) != 0, false };
		x.key = x.video && sqlite3_column_int(q, 5) != 0;
		if (x.file != last) {
			a->incomparable += !had;
			had = false;
			last = x.file;
		}
		if (x.quality < PDQ_QUALITY_LEAST || (had && first) || sqlite3_column_bytes(q, 3) != PDQ_BYTES)
			continue;
		had = true;
		if (!all_add(a, sqlite3_column_blob(q, 3), &x))
			e = ERR_NOMEM;
	}
	a->incomparable += !had;
	if (!e && rc != SQLITE_DONE)
		e = view_fail(v, "fingerprints");
	sqlite3_finalize(q);
	return e;
}

/* One hash with its leader's place. */
struct member {
	uint32_t leader, group_size;
	struct view_alike a;
};

static int by_group(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	if (x->group_size != y->group_size)
		return x->group_size > y->group_size ? -1 : 1;
	if (x->leader != y->leader)
		return x->leader < y->leader ? -1 : 1;
	if (x->a.distance != y->a.distance)
		return x->a.distance - y->a.distance;
	return x->a.file < y->a.file ? -1 : x->a.file > y->a.file;
}

static enum err groups_tell(struct member *list, uint32_t count, view_group_fn fn, void *context, struct view_group_counts *ret)
{
	enum err e = OK;
	struct view_alike *members = malloc((count + 1) * sizeof *members);
	if (!members)
		return ERR_NOMEM;
	for (uint32_t i = 0, n; !e && i < count && list[i].group_size > 1; i += n) {
		n = list[i].group_size;
		for (uint32_t k = 0; k < n; k++)
			members[k] = list[i + k].a;
		ret->groups++;
		ret->grouped += n;
		ret->largest = n > ret->largest ? n : ret->largest;
		if (fn)
			e = fn(context, &(struct view_group){ members, n });
	}
	free(members);
	return e;
}

enum err view_groups(struct view *v, int radius, view_group_fn fn, void *context, struct view_group_counts *ret)
{
	struct all a = { 0 };
	*ret = (struct view_group_counts){ 0 };
	enum err e = all_read(v, true, &a);
	uint32_t *leaders = calloc(a.count + 1, sizeof *leaders), *distances = calloc(a.count + 1, sizeof *distances), *sizes = calloc(a.count + 1, sizeof *sizes);
	struct member *list = calloc(a.count + 1, sizeof *list);
	if (!e)
		e = leaders && distances && sizes && list ? groups_find(a.hashes, a.count, radius, leaders, distances) : ERR_NOMEM;
	for (uint32_t i = 0; !e && i < a.count; i++)
		sizes[leaders[i]]++;
	for (uint32_t i = 0; !e && i < a.count; i++) {
		list[i] = (struct member){ leaders[i], sizes[leaders[i]], a.of[i] };
		list[i].a.distance = leaders[i] == i ? -1 : (int)distances[i]; /* the leader comes before its copies */
	}
	if (!e) {
		ret->files = a.count;
		ret->incomparable = a.incomparable;
		qsort(list, a.count, sizeof *list, by_group);
		for (uint32_t i = 0; i < a.count; i++)
			list[i].a.distance = list[i].a.distance < 0 ? 0 : list[i].a.distance;
		e = groups_tell(list, a.count, fn, context, ret);
	}
	free(leaders);
	free(distances);
	free(sizes);
	free(list);
	all_free(&a);
	return e;
}

static bool nearest_take(void *context, uint32_t query, struct near_hit hit)
{
	struct all *a = context;
	(void)query;
	if (a->of[hit.id].distance < 0 || (int)hit.distance < a->of[hit.id].distance)
		a->of[hit.id].distance = (int)hit.distance;
	return true;
}

/* By file, its nearest hash first. */
static int by_file(const void *a, const void *b)
{
	const struct view_alike *x = a, *y = b;
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	return x->distance != y->distance ? x->distance - y->distance : x->frame < y->frame ? -1 : x->frame > y->frame;
}

static int by_distance(const void *a, const void *b)
{
	const struct view_alike *x = a, *y = b;
	return x->distance != y->distance ? x->distance - y->distance : x->file < y->file ? -1 : x->file > y->file;
}

enum err view_similar(struct view *v, const struct pdq *hashes, uint32_t count, int radius, view_alike_fn fn, void *context)
{
	struct all a = { 0 };
	enum err e = all_read(v, false, &a);
	uint32_t n = 0, files = 0;
	for (uint32_t i = 0; !e && i < a.count; i++)
		a.of[i].distance = -1;
	if (!e && a.count && count)
		near_scan(a.hashes, a.count, hashes, count, radius, nearest_take, &a);
	for (uint32_t i = 0; !e && i < a.count; i++)
		if (a.of[i].distance >= 0)
			a.of[n++] = a.of[i];
	if (n)
		qsort(a.of, n, sizeof *a.of, by_file);
	for (uint32_t i = 0; i < n; i++)
		if (!files || a.of[files - 1].file != a.of[i].file)
			a.of[files++] = a.of[i];
	if (files)
		qsort(a.of, files, sizeof *a.of, by_distance);
	for (uint32_t i = 0; !e && i < files; i++)
		e = fn(context, &a.of[i]);
	all_free(&a);
	return e;
}
