#include "casebook/words_find.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exhibit/exhibit.h"

enum { THREADS_MOST = 16 };

struct asked {
	int64_t exhibit, file;
	char reference[81];
	char *path;
	int64_t hits;
	char *reason;
};

struct search {
	const char *folder, *query;
	struct buf sql;
	struct asked *files;
	size_t count, room;
	atomic_size_t next;
};

static enum err file_row(void *context, const struct store_row *row)
{
	struct search *x = context;
	if (x->count == x->room) {
		size_t room = x->room ? 2 * x->room : 64;
		struct asked *more = realloc(x->files, room * sizeof *more);
		if (!more)
			return ERR_NOMEM;
		x->files = more;
		x->room = room;
	}
	struct asked *a = &x->files[x->count];
	const char *path = store_row_text(row, 3);
	*a = (struct asked){ store_row_int(row, 0), store_row_int(row, 1), "", NULL, 0, NULL };
	snprintf(a->reference, sizeof a->reference, "%s", store_row_text(row, 2));
	if (asprintf(&a->path, "%s%s%s", *path == '/' ? "" : x->folder, *path == '/' ? "" : "/", path) < 0)
		return a->path = NULL, ERR_NOMEM;
	x->count++;
	return OK;
}

/* Hits in the indexes of all kinds, each counted up to a limit. */
static void query_write(struct buf *sql)
{
	buf_text(sql, "SELECT 0");
	for (int i = 0; i < kind_count; i++)
		if (kind_searched(&kinds[i]))
			buf_printf(sql, " + (SELECT count(*) FROM (SELECT 1 FROM %s_fts WHERE %s_fts MATCH ?1 LIMIT ?2))", kinds[i].name, kinds[i].name);
}

/* --- exhibits kept open ---
 * To open one and prepare the question costs more than to ask it. A sealed file does not change; one that is gone, or has become another, is let go of before the next search. */

enum { OPEN_MOST = 256 };

static struct kept {
	char *path;
	dev_t device;
	ino_t inode;
	sqlite3 *db;
	sqlite3_stmt *q;
} kept[OPEN_MOST]; /* db NULL: free, or lent to a thread */
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

static void kept_close(struct kept *k)
{
	sqlite3_finalize(k->q);
	sqlite3_close(k->db);
	free(k->path);
	*k = (struct kept){ 0 };
}

/* Those whose file is not there any more: an erased exhibit is not held on the disk by us. */
static void kept_look(void)
{
	struct stat st;
	pthread_mutex_lock(&kept_lock);
	for (int i = 0; i < OPEN_MOST; i++)
		if (kept[i].db && (stat(kept[i].path, &st) || st.st_ino != kept[i].inode || st.st_dev != kept[i].device))
			kept_close(&kept[i]);
	pthread_mutex_unlock(&kept_lock);
}

static bool kept_take(const char *path, struct kept *ret)
{
	*ret = (struct kept){ 0 };
	pthread_mutex_lock(&kept_lock);
	for (int i = 0; i < OPEN_MOST && !ret->db; i++)
		if (kept[i].db && strcmp(kept[i].path, path) == 0) {
			*ret = kept[i];
			kept[i] = (struct kept){ 0 };
		}
	pthread_mutex_unlock(&kept_lock);
	return ret->db != NULL;
}

/* Back, unless there is no room, or another thread's of the same file is there. */
static void kept_give(struct kept *k)
{
	struct kept *room = NULL;
	pthread_mutex_lock(&kept_lock);
	for (int i = 0; i < OPEN_MOST; i++) {
		if (!kept[i].db && !room)
			room = &kept[i];
		else if (kept[i].db && strcmp(kept[i].path, k->path) == 0) {
			room = NULL;
			break;
		}
	}
	if (room) {
		*room = *k;
		*k = (struct kept){ 0 };
	}
	pthread_mutex_unlock(&kept_lock);
	kept_close(k);
}

static enum err kept_open(const struct search *x, const char *path, struct kept *ret)
{
	struct stat st;
	enum err e = stat(path, &st) ? err_errno("cannot open exhibit %s", path) : exhibit_open(path, &ret->db);
	if (!e)
		sqlite3_exec(ret->db, "PRAGMA cache_size = -256", NULL, NULL, NULL); /* hundreds are open */
	if (!e && !(ret->path = strdup(path)))
		e = ERR_NOMEM;
	if (!e && sqlite3_prepare_v3(ret->db, x->sql.data, -1, SQLITE_PREPARE_PERSISTENT, &ret->q, NULL) != SQLITE_OK)
		e = err_set(ERR_FORMAT, "%s", sqlite3_errmsg(ret->db));
	if (!e) {
		ret->inode = st.st_ino;
		ret->device = st.st_dev;
	}
	return e;
}

static void ask(const struct search *x, struct asked *a)
{
	struct kept k;
	enum err e = kept_take(a->path, &k) ? OK : kept_open(x, a->path, &k);
	if (!e && (sqlite3_bind_text(k.q, 1, x->query, -1, SQLITE_STATIC) != SQLITE_OK || sqlite3_bind_int(k.q, 2, WORDS_HITS_MOST) != SQLITE_OK || sqlite3_step(k.q) != SQLITE_ROW))
		e = err_set(ERR_FORMAT, "%s", sqlite3_errmsg(k.db));
	if (e) {
		a->reason = strdup(err_message());
		kept_close(&k);
		return;
	}
	a->hits = sqlite3_column_int64(k.q, 0);
	sqlite3_reset(k.q);
	sqlite3_clear_bindings(k.q);
	kept_give(&k);
}

static void *ask_all(void *context)
{
	struct search *x = context;
	size_t i;
	while ((i = atomic_fetch_add(&x->next, 1)) < x->count)
		ask(x, &x->files[i]);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	const struct asked *x = a, *y = b;
	return x->hits != y->hits ? (x->hits < y->hits) - (x->hits > y->hits) : (x->exhibit > y->exhibit) - (x->exhibit < y->exhibit);
}

enum err words_find(struct store *s, const char *folder, const char *query, int threads, json_t *hits, json_t *failed)
{
	struct search x = { .folder = folder, .query = query };
	pthread_t made[THREADS_MOST];
	int count = 0, wanted = threads > 0 ? threads : (int)sysconf(_SC_NPROCESSORS_ONLN);
	enum err e = store_query(s, "SELECT x.id, f.id, x.reference, f.path FROM exhibit x JOIN exhibit_file f ON f.exhibit = x.id WHERE f.superseded = 0 ORDER BY x.id, f.id", NULL, 0, file_row, &x, NULL);
	kept_look();
	query_write(&x.sql);
	if (x.sql.failed)
		e = ERR_NOMEM;
	if (!e)
		for (; count < wanted - 1 && count < THREADS_MOST; count++)
			if (pthread_create(&made[count], NULL, ask_all, &x))
				break;
	if (!e)
		ask_all(&x);
	for (int i = 0; i < count; i++)
		pthread_join(made[i], NULL);
	if (!e)
		qsort(x.files, x.count, sizeof *x.files, compare);
	for (size_t i = 0; i < x.count; i++) {
		struct asked *a = &x.files[i];
		if (!e && a->reason)
			e = json_array_append_new(failed, json_pack("{s:I,s:s,s:s}", "exhibit", (json_int_t)a->exhibit, "reference", a->reference, "reason", a->reason)) ? ERR_NOMEM : OK;
		else if (!e && a->hits)
			e = json_array_append_new(hits, json_pack("{s:I,s:s,s:I,s:I}", "exhibit", (json_int_t)a->exhibit, "reference", a->reference, "exhibit_file", (json_int_t)a->file, "hits", (json_int_t)a->hits)) ? ERR_NOMEM : OK;
		free(a->path);
		free(a->reason);
	}
	free(x.files);
	buf_free(&x.sql);
	return e;
}
