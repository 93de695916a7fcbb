#include <stdlib.h>
#include <string.h>

#include "examine/examine_inside.h"
#include "examine/glob.h"

/* All entries that match `with:` globs, by glob. */
struct candidates {
	size_t *entry;
	int *use;
	int count, room;
};

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

static size_t common_folders(const char *a, const char *b)
{
	size_t last = 0;
	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			last = i + 1;
	return last;
}

/* The sibling nearest to `path`: the most folders in common, of the same profile. */
static int sibling_find(struct examination *x, const struct candidates *c, int use, const char *path)
{
	char mine[64], theirs[64];
	const char *profile = profile_of(path, mine, sizeof mine);
	size_t best_common = 0, best = SIZE_MAX;
	for (int i = 0; i < c->count; i++) {
		const char *other = evidence_entry(x->evidence, c->entry[i])->path;
		if (c->use[i] != use)
			continue;
		const char *its = profile_of(other, theirs, sizeof theirs);
		size_t common = common_folders(path, other);
		if (profile && its && strcmp(profile, its) != 0 && strlen(profile) < 8)
			continue;
		if (best == SIZE_MAX || common > best_common) {
			best_common = common;
			best = c->entry[i];
		}
	}
	return best == SIZE_MAX ? -1 : content_of(x, best);
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

static bool wanted(const struct examination *x, const struct artifact *a)
{
	return !x->o->only || glob_match(x->o->only, a->name);
}

/* First pass: every path against all globs at once. */
static enum err match_all(struct examination *x, struct candidates *c)
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
				if (c->count == c->room) {
					c->room = c->room ? c->room * 2 : 64;
					c->entry = realloc(c->entry, sizeof *c->entry * (size_t)c->room);
					c->use = realloc(c->use, sizeof *c->use * (size_t)c->room);
					if (!c->entry || !c->use) {
						e = ERR_NOMEM;
						break;
					}
				}
				c->entry[c->count] = i;
				c->use[c->count++] = ids[k];
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
		}
	}
	free(ids);
	return e;
}

static void job_use(struct examination *x, struct plan_job *j, int content)
{
	if (content >= 0) {
		x->contents[content].users++;
		j->weight += evidence_entry(x->evidence, x->contents[content].entry)->size;
	}
}

static enum err job_complete(struct examination *x, struct plan_job *j, const struct candidates *c)
{
	const char *path = evidence_entry(x->evidence, j->entry)->path;
	j->db = content_of(x, j->entry);
	j->wal = neighbour(x, path, "-wal");
	j->journal = neighbour(x, path, "-journal");
	int fds = 3;
	for (int i = 0; i < j->artifact_count; i++) {
		const struct artifact *a = x->o->artifacts->list[j->artifacts[i].artifact];
		for (const struct sibling *w = a->with; w && j->artifacts[i].with_count < WITH_MOST; w = w->next) {
			int n = j->artifacts[i].with_count++;
			bool room = fds + 2 <= JOB_FDS_MOST;
			int db = room ? sibling_find(x, c, w->glob_id, path) : -1;
			j->artifacts[i].with[n].db = db;
			j->artifacts[i].with[n].wal = db < 0 ? -1 : neighbour(x, evidence_entry(x->evidence, x->contents[db].entry)->path, "-wal");
			fds += db < 0 ? 0 : 2;
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
	struct candidates c = { 0 };
	x->entries = evidence_count(x->evidence);
	x->found = calloc(x->entries + 1, sizeof *x->found);
	enum err e = x->found ? match_all(x, &c) : ERR_NOMEM;
	for (int i = 0; !e && i < x->job_count; i++)
		e = job_complete(x, &x->jobs[i], &c);
	if (!e && x->job_count)
		qsort(x->jobs, (size_t)x->job_count, sizeof *x->jobs, by_weight);
	free(c.entry);
	free(c.use);
	return e;
}

void plan_free(struct examination *x)
{
	for (size_t i = 0; x->found && i < x->entries; i++)
		free(x->found[i].reason);
	for (int i = 0; i < x->job_count; i++)
		free(x->jobs[i].artifacts);
	free(x->found);
	free(x->contents);
	free(x->jobs);
}
