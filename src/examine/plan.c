#include <stdlib.h>
#include <string.h>

#include "examine/examine_inside.h"
#include "examine/glob.h"
#include "examine/siblings.h"

static int content_of(struct examination *x, size_t entry)
{
	if (x->found[entry].content_at)
		return x->found[entry].content_at - 1;
	if (x->content_count == x->content_room) {
		int room = x->content_room ? x->content_room * 2 : 256;
		struct content *c = realloc(x->contents, sizeof *c * (size_t)room);
		if (!c)
			return -1;
		x->contents = c;
		x->content_room = room;
	}
	x->contents[x->content_count] = (struct content){ .entry = entry, .fd = -1 };
	x->found[entry].content_at = x->content_count + 1;
	return x->content_count++;
}

/* The content of the entry's neighbour PATH + suffix, or -1. */
static int neighbour(struct examination *x, const char *path, const char *suffix)
{
	struct buf name = { 0 };
	buf_text(&name, path);
	buf_text(&name, suffix);
	const struct entry *e = name.failed ? NULL : evidence_find(x->evidence, name.data);
	buf_free(&name);
	if (!e || e->type != ENTRY_FILE || e->size == 0)
		return -1;
	return content_of(x, (size_t)(e - evidence_entry(x->evidence, 0)));
}

static struct plan_job *job_add(struct examination *x, size_t entry)
{
	if (x->job_count == x->job_room) {
		int room = x->job_room ? x->job_room * 2 : 64;
		struct plan_job *j = realloc(x->jobs, sizeof *j * (size_t)room);
		if (!j)
			return NULL;
		x->jobs = j;
		x->job_room = room;
	}
	struct plan_job *j = &x->jobs[x->job_count++];
	memset(j, 0, sizeof *j);
	j->entry = entry;
	j->db = j->wal = j->journal = j->out = -1;
	return j;
}

static enum err job_artifact_add(struct plan_job *j, int artifact)
{
	struct plan_artifact *a = realloc(j->artifacts, sizeof *a * (size_t)(j->artifact_count + 1));
	if (!a)
		return ERR_NOMEM;
	j->artifacts = a;
	a[j->artifact_count++] = (struct plan_artifact){ .artifact = artifact };
	return OK;
}

/* The names of the first ones are enough; all are counted. */
static void job_leave_out(struct plan_job *j, const char *what, const char *name, const char *of)
{
	if (j->left_count++ < 8) {
		j->left_out.limit = 4096;
		buf_printf(&j->left_out, "%s%s %s%s%s", j->left_out.size ? ", " : "", what, name, of ? " of " : "", of ? of : "");
	}
}

static bool wanted(const struct examination *x, const struct artifact *a)
{
	return !x->o->only || glob_match(x->o->only, a->name);
}

/* The artifacts that take files by what they hold: which files those are, reading tells. */
static enum err media_plan(struct examination *x)
{
	enum err e = OK;
	for (int i = 0; !e && i < x->o->artifacts->count; i++) {
		const struct artifact *a = x->o->artifacts->list[i];
		if (a->content && wanted(x, a) && x->media.artifact_count < JOB_ARTIFACTS_MOST)
			e = job_artifact_add(&x->media, a->id);
	}
	return e;
}

/* First pass: every path against all globs at once. */
static enum err match_all(struct examination *x, struct siblings *c)
{
	const struct artifact_set *set = x->o->artifacts;
	int *ids = calloc((size_t)set->use_count + 1, sizeof *ids);
	enum err e = ids ? OK : ERR_NOMEM;
	for (size_t i = 0; !e && i < x->entries; i++) {
		const struct entry *entry = evidence_entry(x->evidence, i);
		if (entry->type != ENTRY_FILE) {
			x->found[i].status = FOUND_NO_FILE;
			continue;
		}
		struct plan_job *j = NULL;
		int n = glob_set_match(set->globs, entry->path, ids);
		for (int k = 0; !e && k < n; k++) {
			const struct glob_use *use = &set->uses[ids[k]];
			if (!wanted(x, use->artifact))
				continue;
			if (use->with) {
				e = siblings_add(c, ids[k], i, entry->path);
				continue;
			}
			if (!j && !(j = job_add(x, i))) {
				e = ERR_NOMEM;
				break;
			}
			/* Two globs of one artifact may match the same path. */
			bool twice = j->artifact_count && j->artifacts[j->artifact_count - 1].artifact == use->artifact->id;
			if (!twice && j->artifact_count < JOB_ARTIFACTS_MOST)
				e = job_artifact_add(j, use->artifact->id);
			else if (!twice)
				job_leave_out(j, "artifact", use->artifact->name, NULL);
		}
	}
	free(ids);
	return e ? e : siblings_ready(c);
}

static void job_use(struct examination *x, struct plan_job *j, int content)
{
	if (content >= 0) {
		x->contents[content].users++;
		j->weight += evidence_entry(x->evidence, x->contents[content].entry)->size;
	}
}

/* The files a worker gets, each once: artifacts share their siblings. */
struct held {
	int contents[JOB_FDS_MOST], count;
};

static bool held_add(struct held *h, int content)
{
	for (int i = 0; i < h->count; i++)
		if (h->contents[i] == content)
			return true;
	if (content >= 0 && h->count == JOB_FDS_MOST)
		return false;
	if (content >= 0)
		h->contents[h->count++] = content;
	return true;
}

static enum err job_complete(struct examination *x, struct plan_job *j, struct siblings *c)
{
	const char *path = evidence_entry(x->evidence, j->entry)->path;
	struct held held = { .count = 0 };
	held_add(&held, j->db = content_of(x, j->entry));
	held_add(&held, j->wal = neighbour(x, path, "-wal"));
	held_add(&held, j->journal = neighbour(x, path, "-journal"));
	for (int i = 0; i < j->artifact_count; i++) {
		const struct artifact *a = x->o->artifacts->list[j->artifacts[i].artifact];
		for (const struct sibling *w = a->with; w; w = w->next) {
			size_t sibling;
			bool there = siblings_find(c, w->glob_id, path, &sibling), place = j->artifacts[i].with_count < WITH_MOST;
			int db = there && place ? content_of(x, sibling) : -1;
			int wal = db < 0 ? -1 : neighbour(x, evidence_entry(x->evidence, sibling)->path, "-wal");
			bool room = held_add(&held, db) && held_add(&held, wal);
			if (there && !(place && room))
				job_leave_out(j, "sibling", w->name, a->name);
			if (!place)
				continue;
			int n = j->artifacts[i].with_count++;
			j->artifacts[i].with[n].db = room ? db : -1;
			j->artifacts[i].with[n].wal = room ? wal : -1;
		}
	}
	if (j->db < 0)
		return ERR_NOMEM;
	job_use(x, j, j->db);
	job_use(x, j, j->wal);
	job_use(x, j, j->journal);
	for (int i = 0; i < j->artifact_count; i++)
		for (int k = 0; k < j->artifacts[i].with_count; k++) {
			job_use(x, j, j->artifacts[i].with[k].db);
			job_use(x, j, j->artifacts[i].with[k].wal);
		}
	return OK;
}

/* The largest first, so that no core waits for it at the end; the order is the exhibit's, so it must be the same each time. */
static int by_weight(const void *a, const void *b)
{
	const struct plan_job *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

enum err plan_make(struct examination *x)
{
	struct siblings c = { 0 };
	x->entries = evidence_count(x->evidence);
	x->found = calloc(x->entries + 1, sizeof *x->found);
	enum err e = x->found ? match_all(x, &c) : ERR_NOMEM;
	for (int i = 0; !e && i < x->job_count; i++)
		e = job_complete(x, &x->jobs[i], &c);
	if (!e && x->job_count)
		qsort(x->jobs, (size_t)x->job_count, sizeof *x->jobs, by_weight);
	siblings_free(&c);
	return e ? e : media_plan(x);
}

void plan_free(struct examination *x)
{
	for (size_t i = 0; x->found && i < x->entries; i++) {
		free(x->found[i].reason);
		buf_free(&x->found[i].answer);
	}
	free(x->media.artifacts);
	for (int i = 0; i < x->job_count; i++) {
		free(x->jobs[i].artifacts);
		buf_free(&x->jobs[i].left_out);
	}
	free(x->found);
	free(x->contents);
	free(x->jobs);
}
