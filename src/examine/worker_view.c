#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "examine/wire.h"
#include "examine/worker_inside.h"

/* What `schema`.table is: 't' a table with rowid, 'w' one without, 'v' a view or virtual table, 0 not there. */
static char table_form(struct worker *w, const char *schema, const char *table)
{
	sqlite3_stmt *q = NULL;
	char form = 0;
	/* Names are compared as SQL does: without regard to case. */
	if (sqlite3_prepare_v2(w->db, "SELECT type, wr FROM pragma_table_list(?2) WHERE schema = ?1 COLLATE NOCASE", -1, &q, NULL) == SQLITE_OK) {
		sqlite3_bind_text(q, 1, schema, -1, SQLITE_STATIC);
		sqlite3_bind_text(q, 2, table, -1, SQLITE_STATIC);
		if (sqlite3_step(q) == SQLITE_ROW) {
			const char *type = (const char *)sqlite3_column_text(q, 0);
			form = strcmp(type, "table") == 0 || strcmp(type, "shadow") == 0 ? (sqlite3_column_int(q, 1) ? 'w' : 't') : 'v';
		}
	}
	sqlite3_finalize(q);
	return form;
}

static bool column_there(struct worker *w, const char *schema, const char *table, const char *column)
{
	sqlite3_stmt *q = NULL;
	bool there = false;
	if (sqlite3_prepare_v2(w->db, "SELECT 1 FROM pragma_table_xinfo(?1, ?2) WHERE name = ?3 COLLATE NOCASE", -1, &q, NULL) == SQLITE_OK) {
		sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC);
		sqlite3_bind_text(q, 2, schema, -1, SQLITE_STATIC);
		sqlite3_bind_text(q, 3, column, -1, SQLITE_STATIC);
		there = sqlite3_step(q) == SQLITE_ROW;
	}
	sqlite3_finalize(q);
	return there;
}

const char *rowid_word(struct worker *w, const char *schema, const char *table)
{
	static const char *const words[] = { "rowid", "_rowid_", "oid" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!column_there(w, schema, table, words[i]))
			return words[i];
	return "NULL";
}

static bool needs_met(struct worker *w, const struct need_table *needs, struct buf *why)
{
	for (const struct need_table *t = needs; t; t = t->next) {
		if (t->optional)
			continue;
		if (!table_form(w, "main", t->name)) {
			buf_printf(why, "%stable %s is not there", why->size ? "; " : "", t->name);
			return false;
		}
		for (const struct need_column *c = t->columns; c; c = c->next)
			if (!c->optional && !column_there(w, "main", t->name, c->name)) {
				buf_printf(why, "%scolumn %s.%s is not there", why->size ? "; " : "", t->name, c->name);
				return false;
			}
	}
	return true;
}

const struct variant *variant_choose(struct worker *w, const struct artifact *a, int *ret_number, struct buf *ret_why)
{
	*ret_number = 0;
	for (const struct variant *v = a->variants; v; v = v->next, ++*ret_number)
		if (w->is_database == (v->needs != NULL) && needs_met(w, v->needs, ret_why))
			return v;
	if (!ret_why->size)
		buf_text(ret_why, w->is_database ? "the artifact reads no database" : "the file is no database");
	return NULL;
}

void name_quote(struct buf *out, const char *name)
{
	buf_char(out, '"');
	for (; *name; name++) {
		if (*name == '"')
			buf_char(out, '"');
		buf_char(out, *name);
	}
	buf_char(out, '"');
}

/* The columns that a query may name and the table lacks, as `before` NAME. A table that may be missing, or is a sibling's, may be there with fewer columns
 * in another version of the app. */
static void lacking_add(struct buf *sql, struct worker *w, const char *schema, char form, const struct need_table *t, const char *before)
{
	for (const struct need_column *c = t->columns; c; c = c->next)
		if (!form || ((c->optional || t->optional || strcmp(schema, "main") != 0) && !column_there(w, schema, t->name, c->name))) {
			buf_text(sql, before);
			name_quote(sql, c->name);
		}
}

/* A view of one table: all its columns, `_origin`, and NULL for optional columns it lacks; an empty one for a table that is not there. */
static void view_sql(struct worker *w, struct buf *sql, const char *schema, const struct need_table *t, const char *view)
{
	char form = table_form(w, schema, t->name);
	buf_text(sql, "CREATE TEMP VIEW ");
	name_quote(sql, view);
	buf_printf(sql, " AS SELECT %s AS _origin", form == 't' ? rowid_word(w, schema, t->name) : "NULL");
	if (form)
		buf_text(sql, ", *");
	lacking_add(sql, w, schema, form, t, ", NULL AS ");
	if (form) {
		buf_text(sql, " FROM ");
		name_quote(sql, schema);
		buf_char(sql, '.');
		name_quote(sql, t->name);
	} else {
		buf_text(sql, " WHERE 0");
	}
	buf_text(sql, ";\n");
}

/* The driving table of the second pass: its recovered rows alone. */
static void recovered_sql(struct worker *w, struct buf *sql, const struct need_table *t, const struct recovered_table *rows)
{
	buf_text(sql, "CREATE TEMP VIEW ");
	name_quote(sql, t->name);
	buf_text(sql, " AS SELECT _origin");
	for (int i = 0; i < rows->column_count; i++) {
		buf_text(sql, ", ");
		name_quote(sql, rows->columns[i]);
	}
	lacking_add(sql, w, "main", table_form(w, "main", t->name), t, ", NULL AS ");
	buf_printf(sql, " FROM temp.\"%s\";\n", rows->temp);
}

/* Another table of the second pass: its live rows, and recovered ones where there is no live one of their key. */
static void both_sql(struct worker *w, struct buf *sql, const struct need_table *t)
{
	char form = table_form(w, "main", t->name);
	struct recovered_table *rows = form == 'v' ? NULL : recovery_table(w, t->name);
	if (!rows || !recovery_side(w, rows)) {
		view_sql(w, sql, "main", t, t->name);
		return;
	}
	recovery_index(w, rows, t);
	recovery_reused(w, rows, t);
	buf_text(sql, "CREATE VIRTUAL TABLE temp.");
	name_quote(sql, t->name);
	buf_printf(sql, " USING custos_both(%d, %c, w", rows->number, form ? form : '-');
	for (const struct need_column *c = t->columns; c; c = c->next)
		for (int k = 0; k < rows->column_count; k++)
			if (sqlite3_stricmp(rows->columns[k], c->name) == 0)
				buf_printf(sql, "_%d", k);
	for (const struct need_column *c = t->columns; c; c = c->next)
		if (!recovered_column(rows, c->name)) {
			buf_text(sql, ", ");
			name_quote(sql, c->name);
		}
	buf_text(sql, ");\n");
}

static enum err views_run(struct worker *w, struct buf *sql, const char *what)
{
	char *problem = NULL;
	enum err e = sql->failed ? ERR_NOMEM : OK;
	if (!e && sql->size && sqlite3_exec(w->db, sql->data, NULL, NULL, &problem) != SQLITE_OK)
		e = err_set(ERR_SQL, "%s cannot be made: %s", what, problem ? problem : "?");
	sqlite3_free(problem);
	buf_free(sql);
	return e;
}

enum err views_make(struct worker *w, const struct variant *v, enum views views, const struct recovered_table *rows)
{
	struct buf sql = { 0 };
	for (const struct need_table *t = v->needs; t; t = t->next) {
		if (views == VIEWS_RECOVERED && t == v->needs) {
			recovered_sql(w, &sql, t, rows);
		} else if (views == VIEWS_RECOVERED) {
			both_sql(w, &sql, t);
		} else {
			view_sql(w, &sql, "main", t, t->name);
			if (views == VIEWS_LIVE_OF_RECOVERED && t == v->needs && table_form(w, "main", t->name) == 't') {
				sql.size -= 2; /* ";\n" */
				buf_printf(&sql, " WHERE %s IN (SELECT _key FROM temp.\"%s\");\n", rowid_word(w, "main", t->name), rows->temp);
			}
		}
	}
	/* A row that points to another of its own table looks for it among the live ones: NAME as live_NAME. */
	struct buf name = { .limit = 255 };
	if (v->needs)
		buf_printf(&name, "live_%s", v->needs->name);
	if (name.data && !name.failed && strstr(v->sql, name.data))
		view_sql(w, &sql, "main", v->needs, name.data);
	buf_free(&name);
	return views_run(w, &sql, "the views");
}

static int fd_of(const struct worker *w, uint8_t place) { return place < w->fd_count ? w->fds[place] : -1; }

/* sibling('NAME'): the whole content of a sibling file that is no database; NULL when it is not there. */
static void sibling_function(sqlite3_context *c, int count, sqlite3_value **values)
{
	struct worker *w = sqlite3_user_data(c);
	const char *name = count ? (const char *)sqlite3_value_text(values[0]) : NULL;
	int i = 0;
	for (const struct sibling *s = w->artifact->with; name && s; s = s->next, i++) {
		int fd = strcmp(s->name, name) == 0 && i < w->siblings->with_count ? fd_of(w, w->siblings->with[i].db) : -1;
		struct stat st;
		if (fd < 0 || fstat(fd, &st) != 0 || st.st_size <= 0)
			continue;
		void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (bytes == MAP_FAILED)
			return;
		sqlite3_result_blob64(c, bytes, (sqlite3_uint64)st.st_size, SQLITE_TRANSIENT);
		munmap(bytes, (size_t)st.st_size);
		return;
	}
}

int sibling_register(struct worker *w)
{
	return sqlite3_create_function_v2(w->db, "sibling", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, w, sibling_function, NULL, NULL, NULL);
}

/* Opens one sibling as schema NAME, or leaves it out. One whose tables nobody names is no database: sibling() reads it. */
static bool sibling_open(struct worker *w, const struct sibling *s, const struct job_artifact *j, int i)
{
	if (!s->tables || i >= j->with_count || fd_of(w, j->with[i].db) < 0)
		return false;
	struct sql_evidence files = { fd_of(w, j->with[i].db), fd_of(w, j->with[i].wal), -1, j->with[i].path };
	if (sql_attach_evidence(w->db, s->name, &files, &w->context) == OK)
		return true;
	send_note(w, j->with[i].path, 0, err_message());
	return false;
}

enum err siblings_attach(struct worker *w, const struct artifact *a, const struct job_artifact *j)
{
	struct buf sql = { 0 };
	int i = 0;
	w->artifact = a;
	w->siblings = j;
	for (const struct sibling *s = a->with; s; s = s->next, i++) {
		/* The sibling's tables are read as NAME_table, so that they can be views too: a temp view hides the table it stands for. */
		bool there = sibling_open(w, s, j, i);
		for (const struct need_table *t = s->tables; t; t = t->next) {
			char view[256];
			struct buf name = { .limit = sizeof view - 1 };
			buf_printf(&name, "%s_%s", s->name, t->name);
			if (!name.failed)
				view_sql(w, &sql, there ? s->name : "no such schema", t, name.data);
			buf_free(&name);
		}
	}
	return views_run(w, &sql, "the views of the sibling files");
}

void views_drop(struct worker *w, const struct artifact *a)
{
	sqlite3_stmt *q = NULL;
	struct buf sql = { 0 };
	/* The tables of recovered rows stay: other artifacts read them too. */
	static const char made[] = "SELECT name, type FROM sqlite_temp_schema WHERE type = 'view' OR sql LIKE 'CREATE VIRTUAL%'";
	if (sqlite3_prepare_v2(w->db, made, -1, &q, NULL) == SQLITE_OK)
		while (sqlite3_step(q) == SQLITE_ROW) {
			buf_printf(&sql, "DROP %s temp.", (const char *)sqlite3_column_text(q, 1));
			name_quote(&sql, (const char *)sqlite3_column_text(q, 0));
			buf_char(&sql, ';');
		}
	sqlite3_finalize(q);
	for (const struct sibling *s = a->with; s; s = s->next) {
		if (sqlite3_db_filename(w->db, s->name) || sqlite3_db_readonly(w->db, s->name) >= 0) {
			buf_text(&sql, "DETACH ");
			name_quote(&sql, s->name);
			buf_char(&sql, ';');
		}
	}
	if (sql.size && !sql.failed)
		sqlite3_exec(w->db, sql.data, NULL, NULL, NULL);
	buf_free(&sql);
}
