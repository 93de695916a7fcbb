#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exhibit/exhibit.h"
#include "exhibit/fulltext.h"
#include "exhibit/moments.h"
#include "exhibit/schema.h"
#include "exhibit/seal.h"
#include "exhibit/tree.h"

enum { PAGE = 8192, COLUMNS_MOST = 64, MOMENTS_MOST = 1 << 19 };

/* A row of the two small tables of keys and values, which SQLite itself writes: their keys are UNIQUE. */
struct pair {
	struct pair *next;
	int table;
	size_t key_size, value_size; /* the value follows the key */
	bool value;                  /* else NULL */
	char bytes[];
};

/* The full-text index of a kind. */
struct index {
	struct fulltext *words;
	struct tree data;
	struct idx_row {
		int64_t segment, page;
		size_t at, size; /* of the term, in `terms` */
	} *idx;
	size_t idx_count, idx_room;
	struct buf terms, averages, structure;
	int columns, cells[KIND_COLUMNS_MOST]; /* which cells of a row are in it */
};

struct exhibit_writer {
	sqlite3 *db; /* open while SQLite makes the schema, and again from the indexes on; between lie the rows */
	int fd;
	char *path, *part;
	struct pages pages;
	struct {
		struct tree tree;
		struct seal_table seal;
		bool has_id;                      /* the first column is the rowid */
		unsigned char types[COLUMNS_MOST]; /* bits: which cell types the column takes */
	} tables[TABLE_KINDS + KIND_TABLES_MOST];
	struct index indexes[KIND_TABLES_MOST];
	struct when { /* the index over a kind's moments */
		struct moments moments;
		struct tree tree;
		int cell; /* of a row; 0: the kind has none */
	} whens[KIND_TABLES_MOST], recovered[KIND_TABLES_MOST]; /* recovered: the same of what is not live */
	struct buf record;
	struct pair *pairs, **pairs_end;
	struct seal_line lines[SEAL_LINES_MOST];
	int line_count;
};

#define ADVICE " (no space left on the disk: free some, or choose another with -o)"

static enum err sql_failed(struct exhibit_writer *w, const char *what)
{
	int rc = sqlite3_extended_errcode(w->db), primary = rc & 0xff;
	enum err e = primary == SQLITE_FULL ? ERR_SPACE : primary == SQLITE_NOMEM ? ERR_NOMEM : primary == SQLITE_IOERR ? ERR_IO : ERR_SQL;
	if (primary == SQLITE_IOERR && sqlite3_system_errno(w->db) == ENOSPC)
		e = ERR_SPACE;
	return err_set(e, "cannot %s %s: %s%s", what, w->part, sqlite3_errmsg(w->db), e == ERR_SPACE ? ADVICE : "");
}

/* What a page's write says, with the file's name. */
static enum err pages_failed(struct exhibit_writer *w, enum err e)
{
	if (e != ERR_IO && e != ERR_SPACE)
		return e;
	char why[400];
	snprintf(why, sizeof why, "%s", err_message());
	return err_set(e, "%s: %s%s", w->part, why, e == ERR_SPACE ? ADVICE : "");
}

static enum err run_sql(struct exhibit_writer *w, const char *sql, const char *what)
{
	return sqlite3_exec(w->db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : sql_failed(w, what);
}

static enum err db_open(struct exhibit_writer *w)
{
	if (sqlite3_open_v2(w->part, &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		return sql_failed(w, "open");
	char sql[200];
	snprintf(sql, sizeof sql, "PRAGMA page_size=%d; PRAGMA auto_vacuum=0; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-24576;", PAGE);
	return run_sql(w, sql, "open");
}

static enum err db_close(struct exhibit_writer *w)
{
	if (sqlite3_close(w->db) != SQLITE_OK)
		return sql_failed(w, "close");
	w->db = NULL;
	return OK;
}

/* The root page of a table or index; 0 when there is none. */
static uint32_t root_of(struct exhibit_writer *w, const char *name)
{
	sqlite3_stmt *q = NULL;
	uint32_t root = 0;
	if (sqlite3_prepare_v2(w->db, "SELECT rootpage FROM sqlite_schema WHERE name = ?", -1, &q, NULL) == SQLITE_OK) {
		sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
		if (sqlite3_step(q) == SQLITE_ROW)
			root = (uint32_t)sqlite3_column_int64(q, 0);
	}
	sqlite3_finalize(q);
	return root;
}

/* What STRICT and NOT NULL ask of a table's columns, from SQLite. */
static enum err table_prepare(struct exhibit_writer *w, int t)
{
	sqlite3_stmt *q = NULL;
	const char *name = schema_table_name(t);
	int n = 0;
	if (sqlite3_prepare_v2(w->db, "SELECT type, \"notnull\", pk FROM pragma_table_info(?)", -1, &q, NULL) != SQLITE_OK)
		return sql_failed(w, "create");
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	for (; n < COLUMNS_MOST && sqlite3_step(q) == SQLITE_ROW; n++) {
		const char *type = (const char *)sqlite3_column_text(q, 0);
		int one = strcmp(type, "INTEGER") == 0 ? CELL_INT : strcmp(type, "REAL") == 0 ? CELL_REAL : strcmp(type, "TEXT") == 0 ? CELL_TEXT : CELL_BLOB;
		bool id = sqlite3_column_int(q, 2) != 0;
		w->tables[t].has_id |= id && n == 0;
		w->tables[t].types[n] = (unsigned char)(1u << one | (sqlite3_column_int(q, 1) || id ? 0 : 1u << CELL_NULL));
	}
	sqlite3_finalize(q);
	uint32_t root = root_of(w, name);
	if (n != exhibit_columns(t) || !root)
		return err_set(ERR_SQL, "table %s is not as it was made", name);
	tree_begin(&w->tables[t].tree, &w->pages, root, false);
	return seal_begin(&w->tables[t].seal, name);
}

static enum err leaf_take(void *context, int64_t id, const void *block, size_t size)
{
	struct index *x = context;
	struct buf record = { 0 };
	struct cell cells[2] = { cell_int(id), { .type = CELL_BLOB, .bytes = block, .size = size } };
	record_encode(&record, cells, 2, 0);
	enum err e = record.failed ? ERR_NOMEM : tree_row(&x->data, id, record.data, record.size);
	buf_free(&record);
	return e;
}

/* Kept until SQLite is there again: one row for each leaf. */
static enum err idx_take(void *context, int64_t segment, const void *term, size_t size, int64_t page)
{
	struct index *x = context;
	if (x->idx_count == x->idx_room) {
		size_t room = x->idx_room ? x->idx_room * 2 : 64;
		struct idx_row *more = realloc(x->idx, room * sizeof *more);
		if (!more)
			return ERR_NOMEM;
		x->idx = more;
		x->idx_room = room;
	}
	x->idx[x->idx_count++] = (struct idx_row){ segment, page, x->terms.size, size };
	buf_add(&x->terms, term, size);
	return x->terms.failed ? ERR_NOMEM : OK;
}

/* Where a kind's column stands in its rows. */
static int cell_of(const struct kind *kind, int column)
{
	int cell = RECORD_OWN + column;
	for (int i = 0; i < column; i++)
		cell += kind->columns[i].type == COLUMN_PATH;
	return cell;
}

static enum err when_prepare(struct exhibit_writer *w, struct when *x, int k, const char *index)
{
	char name[64];
	moments_begin(&x->moments);
	int column = kind_when(&kinds[k]);
	if (column < 0)
		return OK;
	snprintf(name, sizeof name, "%s_%s", kinds[k].name, index);
	uint32_t root = root_of(w, name);
	if (!root)
		return err_set(ERR_SQL, "index %s is not as it was made", name);
	tree_begin(&x->tree, &w->pages, root, true);
	x->cell = cell_of(&kinds[k], column);
	return OK;
}

static enum err index_prepare(struct exhibit_writer *w, int k)
{
	struct index *x = &w->indexes[k];
	const struct kind *kind = &kinds[k];
	char name[64];
	snprintf(name, sizeof name, "%s_fts_data", kind->name);
	uint32_t root = root_of(w, name);
	if (!root)
		return err_set(ERR_SQL, "table %s is not as it was made", name);
	tree_begin(&x->data, &w->pages, root, false);
	x->columns = fulltext_columns(kind, x->cells);
	for (int i = 0; i < x->columns; i++)
		x->cells[i] = cell_of(kind, x->cells[i]);
	struct fulltext_sink sink = { leaf_take, idx_take, x };
	return fulltext_new(x->columns, fulltext_room(kind), &sink, &x->words);
}

static enum err index_row(struct index *x, const struct cell *cells)
{
	const char *texts[KIND_COLUMNS_MOST];
	size_t sizes[KIND_COLUMNS_MOST];
	for (int i = 0; i < x->columns; i++) {
		const struct cell *c = &cells[x->cells[i]];
		texts[i] = c->type == CELL_TEXT ? c->bytes : NULL;
		sizes[i] = c->type == CELL_TEXT ? c->size : 0;
	}
	return fulltext_row(x->words, cells[RECORD_ID].integer, texts, sizes);
}

static void index_free(struct index *x)
{
	fulltext_free(x->words);
	tree_free(&x->data);
	free(x->idx);
	buf_free(&x->terms);
	buf_free(&x->averages);
	buf_free(&x->structure);
	*x = (struct index){ 0 };
}

/* SQLite makes the tables, with a root page each; the rows come without it. */
static enum err tables_make(struct exhibit_writer *w)
{
	struct buf sql = { 0 };
	buf_printf(&sql, "PRAGMA application_id=%d; PRAGMA user_version=%s; BEGIN;\n", EXHIBIT_APPLICATION_ID, EXHIBIT_FORMAT);
	for (int t = 0; t < TABLE_KINDS + kind_count; t++)
		schema_create(&sql, t);
	schema_when_indexes(&sql);
	for (int k = 0; k < kind_count; k++)
		schema_fulltext(&sql, &kinds[k]);
	buf_text(&sql, SEAL_TABLES "COMMIT;");
	enum err e = sql.failed ? ERR_NOMEM : run_sql(w, sql.data, "create");
	buf_free(&sql);
	sqlite3_stmt *q = NULL;
	if (!e && (sqlite3_prepare_v2(w->db, "PRAGMA page_count", -1, &q, NULL) != SQLITE_OK || sqlite3_step(q) != SQLITE_ROW))
		e = sql_failed(w, "create");
	if (!e)
		pages_begin(&w->pages, w->fd, PAGE, (uint32_t)sqlite3_column_int64(q, 0));
	sqlite3_finalize(q);
	for (int t = 0; !e && t < TABLE_KINDS + kind_count; t++)
		e = table_prepare(w, t);
	for (int k = 0; !e && k < kind_count; k++) {
		e = when_prepare(w, &w->whens[k], k, "when");
		if (!e)
			e = when_prepare(w, &w->recovered[k], k, "recovered");
		if (!e && kind_searched(&kinds[k]))
			e = index_prepare(w, k);
	}
	return e;
}

enum err exhibit_create(const char *path, struct exhibit_writer **ret)
{
	if (access(path, F_OK) == 0)
		return err_set(ERR_EXISTS, "%s exists already; an exhibit is never overwritten: choose another name with -o", path);
	struct exhibit_writer *w = calloc(1, sizeof *w);
	if (!w)
		return ERR_NOMEM;
	enum err e = OK;
	w->fd = -1;
	w->pairs_end = &w->pairs;
	if (!(w->path = strdup(path)) || asprintf(&w->part, "%s.part", path) < 0)
		e = ERR_NOMEM;
	/* Made here and not by SQLite, so that a file of another examination that still runs is not taken over. */
	if (!e)
		w->fd = open(w->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (!e && w->fd < 0) {
		e = errno == EEXIST ? err_set(ERR_EXISTS, "%s exists: another examination writes it, or one was killed; remove it if none runs", w->part)
				    : err_errno("cannot create %s", w->part);
		free(w->part);
		w->part = NULL;
	}
	if (!e)
		e = db_open(w);
	if (!e)
		e = tables_make(w);
	if (!e)
		e = db_close(w);
	if (e) {
		exhibit_abort(w);
		return e;
	}
	*ret = w;
	return OK;
}

static enum err pair_keep(struct exhibit_writer *w, int table, const struct cell *cells)
{
	size_t value = cells[1].type == CELL_TEXT ? cells[1].size : 0;
	struct pair *p = malloc(sizeof *p + cells[0].size + value);
	if (!p)
		return ERR_NOMEM;
	*p = (struct pair){ .table = table, .key_size = cells[0].size, .value_size = value, .value = cells[1].type == CELL_TEXT };
	memcpy(p->bytes, cells[0].bytes, cells[0].size);
	if (value)
		memcpy(p->bytes + p->key_size, cells[1].bytes, value);
	*w->pairs_end = p;
	w->pairs_end = &p->next;
	return OK;
}

static enum err when_row(struct when *x, const struct cell *cells)
{
	return moments_add(&x->moments, cells[RECORD_ID].integer, cells[x->cell].type == CELL_INT ? &cells[x->cell].integer : NULL, MOMENTS_MOST);
}

static bool is_live(const struct cell *state) { return state->size == 4 && memcmp(state->bytes, "live", 4) == 0; }

enum err exhibit_put(struct exhibit_writer *w, int table, const struct cell *cells, int count)
{
	for (int i = 0; i < count; i++)
		if (!(w->tables[table].types[i] >> cells[i].type & 1))
			return err_set(ERR_SQL, "value %d of a row of table %s is not of its column's type", i, schema_table_name(table));
	enum err e;
	if (!w->tables[table].has_id) {
		e = pair_keep(w, table, cells);
	} else {
		buf_clear(&w->record);
		record_encode(&w->record, cells, count, 0);
		e = w->record.failed ? ERR_NOMEM : pages_failed(w, tree_row(&w->tables[table].tree, cells[0].integer, w->record.data, w->record.size));
	}
	if (!e && table >= TABLE_KINDS && w->whens[table - TABLE_KINDS].cell) {
		e = when_row(&w->whens[table - TABLE_KINDS], cells);
		if (!e && !is_live(&cells[RECORD_STATE]))
			e = when_row(&w->recovered[table - TABLE_KINDS], cells);
	}
	if (!e && table >= TABLE_KINDS && w->indexes[table - TABLE_KINDS].words)
		e = pages_failed(w, index_row(&w->indexes[table - TABLE_KINDS], cells));
	if (!e)
		seal_row(&w->tables[table].seal, cells, count);
	return e;
}

static enum err when_end(struct when *x)
{
	enum err e = x->cell ? moments_end(&x->moments, &x->tree) : OK;
	return e || !x->cell ? e : tree_end(&x->tree);
}

static void when_free(struct when *x)
{
	if (!x->cell)
		return;
	moments_free(&x->moments);
	tree_free(&x->tree);
}

/* The last pages, and the file's size into its header: what SQLite would have done at its commit. */
static enum err rows_end(struct exhibit_writer *w)
{
	enum err e = OK;
	for (int t = 0; !e && t < TABLE_KINDS + kind_count; t++)
		e = tree_end(&w->tables[t].tree);
	for (int k = 0; !e && k < kind_count; k++) {
		e = when_end(&w->whens[k]);
		if (!e)
			e = when_end(&w->recovered[k]);
	}
	for (int k = 0; !e && k < kind_count; k++) {
		struct index *x = &w->indexes[k];
		if (!x->words)
			continue;
		e = fulltext_end(x->words, &x->averages, &x->structure);
		if (!e)
			e = tree_end(&x->data);
		fulltext_free(x->words);
		x->words = NULL;
	}
	if (!e)
		e = pages_flush(&w->pages);
	uint32_t n = pages_count(&w->pages);
	unsigned char size[4] = { (unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n };
	if (!e && pwrite(w->fd, size, 4, 28) != 4)
		e = err_errno("cannot write");
	pages_free(&w->pages);
	return pages_failed(w, e);
}

static enum err pairs_insert(struct exhibit_writer *w)
{
	enum err e = OK;
	for (const struct pair *p = w->pairs; !e && p; p = p->next) {
		char sql[100];
		sqlite3_stmt *q = NULL;
		snprintf(sql, sizeof sql, "INSERT INTO %s VALUES(?,?)", schema_table_name(p->table));
		if (sqlite3_prepare_v2(w->db, sql, -1, &q, NULL) != SQLITE_OK)
			return sql_failed(w, "write");
		sqlite3_bind_text(q, 1, p->bytes, (int)p->key_size, SQLITE_STATIC);
		if (p->value)
			sqlite3_bind_text(q, 2, p->bytes + p->key_size, (int)p->value_size, SQLITE_STATIC);
		e = sqlite3_step(q) == SQLITE_DONE ? OK : sql_failed(w, "write");
		sqlite3_finalize(q);
	}
	return e;
}

static enum err seal_put(struct exhibit_writer *w, const char *name, bool derived, int64_t rows, const unsigned char hash[32])
{
	sqlite3_stmt *q = NULL;
	struct seal_line *line = &w->lines[w->line_count++];
	snprintf(line->name, sizeof line->name, "%s", name);
	line->derived = derived;
	line->rows = rows;
	memcpy(line->hash, hash, 32);
	if (sqlite3_prepare_v2(w->db, "INSERT INTO seal VALUES(?,?,?,?)", -1, &q, NULL) != SQLITE_OK)
		return sql_failed(w, "seal");
	sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 2, derived ? "derived" : "content", -1, SQLITE_STATIC);
	sqlite3_bind_int64(q, 3, rows);
	sqlite3_bind_blob(q, 4, hash, 32, SQLITE_STATIC);
	int rc = sqlite3_step(q);
	sqlite3_finalize(q);
	return rc == SQLITE_DONE ? OK : sql_failed(w, "seal");
}

static enum err tables_seal(struct exhibit_writer *w)
{
	enum err e = OK;
	for (int t = 0; !e && t < TABLE_KINDS + kind_count; t++) {
		unsigned char hash[32];
		int64_t rows = w->tables[t].seal.rows;
		e = seal_end(&w->tables[t].seal, hash);
		if (!e)
			e = seal_put(w, schema_table_name(t), t == TABLE_EXAMINATION, rows, hash);
	}
	return e;
}

static enum err derived_one(void *context, const char *name, const char *sql)
{
	struct exhibit_writer *w = context;
	unsigned char hash[32];
	int64_t rows;
	enum err e = seal_query(w->db, name, sql, &rows, hash);
	return e ? e : seal_put(w, name, true, rows, hash);
}

/* The small rest of a full-text index: what there is, and where each leaf begins. */
static enum err index_finish(struct exhibit_writer *w, int k)
{
	struct index *x = &w->indexes[k];
	const char *name = kinds[k].name;
	char sql[200];
	sqlite3_stmt *q = NULL;
	struct buf structure = { 0 };
	buf_add(&structure, "\0\0\0", 4); /* the cookie: no setting was changed */
	buf_add(&structure, x->structure.data, x->structure.size);
	snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO %s_fts_data VALUES(%d, ?1), (%d, ?2)", name, FULLTEXT_AVERAGES, FULLTEXT_STRUCTURE);
	enum err e = structure.failed ? ERR_NOMEM : OK;
	if (!e && sqlite3_prepare_v2(w->db, sql, -1, &q, NULL) == SQLITE_OK) {
		sqlite3_bind_blob(q, 1, x->averages.data, (int)x->averages.size, SQLITE_STATIC);
		sqlite3_bind_blob(q, 2, structure.data, (int)structure.size, SQLITE_STATIC);
	}
	if (!e && sqlite3_step(q) != SQLITE_DONE)
		e = sql_failed(w, "index");
	sqlite3_finalize(q);
	buf_free(&structure);
	snprintf(sql, sizeof sql, "INSERT INTO %s_fts_idx VALUES(?,?,?)", name);
	if (!e && x->idx_count && sqlite3_prepare_v2(w->db, sql, -1, &q, NULL) != SQLITE_OK)
		return sql_failed(w, "index");
	for (size_t i = 0; !e && i < x->idx_count; i++) {
		const struct idx_row *r = &x->idx[i];
		sqlite3_bind_int64(q, 1, r->segment);
		sqlite3_bind_blob(q, 2, r->size ? x->terms.data + r->at : "", (int)r->size, SQLITE_STATIC);
		sqlite3_bind_int64(q, 3, r->page);
		if (sqlite3_step(q) != SQLITE_DONE)
			e = sql_failed(w, "index");
		sqlite3_reset(q);
	}
	if (x->idx_count)
		sqlite3_finalize(q);
	return e;
}

static enum err indexes_finish(struct exhibit_writer *w)
{
	enum err e = OK;
	for (int k = 0; !e && k < kind_count; k++) {
		if (w->indexes[k].columns)
			e = index_finish(w, k);
		index_free(&w->indexes[k]);
	}
	return e;
}

static enum err folder_sync(const char *path)
{
	char *copy = strdup(path);
	if (!copy)
		return ERR_NOMEM;
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd < 0)
		return OK; /* a folder that may be written but not read: nothing to sync through */
	fsync(fd);
	close(fd);
	return OK;
}

static enum err file_finish(struct exhibit_writer *w)
{
	if (fsync(w->fd) != 0)
		return err_errno("cannot finish %s", w->part);
	/* link, not rename: it fails when somebody made the final name meanwhile, instead of replacing it. */
	if (link(w->part, w->path) == 0) {
		unlink(w->part);
	} else if (errno == EEXIST || access(w->path, F_OK) == 0) {
		return err_set(ERR_EXISTS, "%s was made by somebody else meanwhile; nothing was replaced", w->path);
	} else if (rename(w->part, w->path) != 0) { /* a file system without links */
		return err_errno("cannot rename %s to %s", w->part, w->path);
	}
	free(w->part);
	w->part = NULL;
	return folder_sync(w->path);
}

enum err exhibit_commit(struct exhibit_writer *w, void (*progress)(void *, double), void *context, struct exhibit_seal *ret)
{
	struct buf sql = { 0 };
	buf_text(&sql, "BEGIN;");
	schema_other_indexes(&sql);
	schema_views(&sql);
	enum err e = rows_end(w);
	if (!e)
		e = db_open(w);
	if (!e)
		e = sql.failed ? ERR_NOMEM : run_sql(w, sql.data, "index");
	if (!e)
		e = pairs_insert(w);
	buf_free(&sql);
	if (!e)
		e = indexes_finish(w);
	if (progress)
		progress(context, 0.7);
	if (!e)
		e = tables_seal(w);
	if (!e)
		e = seal_derived(derived_one, w);
	if (!e)
		e = seal_combine(w->lines, w->line_count, ret);
	if (!e) {
		buf_printf(&sql, "INSERT INTO seal_root VALUES('%s','%s'); COMMIT;", ret->root, ret->whole);
		e = sql.failed ? ERR_NOMEM : run_sql(w, sql.data, "seal");
		buf_free(&sql);
	}
	if (!e)
		e = db_close(w);
	if (!e)
		e = file_finish(w);
	exhibit_abort(w);
	return e;
}

void exhibit_abort(struct exhibit_writer *w)
{
	if (!w)
		return;
	for (int t = 0; t < TABLE_KINDS + kind_count; t++) {
		tree_free(&w->tables[t].tree);
		seal_free(&w->tables[t].seal);
	}
	for (int k = 0; k < kind_count; k++) {
		index_free(&w->indexes[k]);
		when_free(&w->whens[k]);
		when_free(&w->recovered[k]);
	}
	while (w->pairs) {
		struct pair *next = w->pairs->next;
		free(w->pairs);
		w->pairs = next;
	}
	pages_free(&w->pages);
	buf_free(&w->record);
	sqlite3_close(w->db);
	if (w->fd >= 0)
		close(w->fd);
	if (w->part)
		unlink(w->part);
	free(w->part);
	free(w->path);
	free(w);
}
