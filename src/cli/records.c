#include "cli/records.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "exhibit/exhibit.h"

enum { OPT_FROM = 256, OPT_TO, OPT_APP, OPT_SELECTOR, OPT_STATE, OPT_DELETED, OPT_PROFILE, OPT_THREAD, OPT_LIMIT, OPT_CSV, OPT_JSONL, OPT_ALL };

static const struct option options[] = {
	{ "from", required_argument, NULL, OPT_FROM },       { "to", required_argument, NULL, OPT_TO },
	{ "app", required_argument, NULL, OPT_APP },         { "selector", required_argument, NULL, OPT_SELECTOR },
	{ "state", required_argument, NULL, OPT_STATE },     { "deleted", no_argument, NULL, OPT_DELETED },
	{ "profile", required_argument, NULL, OPT_PROFILE }, { "thread", required_argument, NULL, OPT_THREAD },
	{ "limit", required_argument, NULL, OPT_LIMIT },     { "csv", no_argument, NULL, OPT_CSV },
	{ "jsonl", no_argument, NULL, OPT_JSONL },           { "all", no_argument, NULL, OPT_ALL },           { 0 }
};

int filter_read(const struct command *c, int argc, char **argv, struct filter *ret)
{
	int opt;
	char *end;
	*ret = (struct filter){ .from = TIME_NONE, .to = TIME_NONE };
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (opt) {
		case OPT_FROM:
			if (!time_parse(optarg, &ret->from))
				return cli_usage(c, "--from takes a time like 2026-03-01 or 2026-03-01T14:30:00Z, not %s", optarg);
			break;
		case OPT_TO:
			if (!time_parse(optarg, &ret->to))
				return cli_usage(c, "--to takes a time like 2026-03-01 or 2026-03-01T14:30:00Z, not %s", optarg);
			if (strlen(optarg) == 10) /* a day: to its end */
				ret->to += 86399999999;
			break;
		case OPT_APP:
			ret->app = optarg;
			break;
		case OPT_SELECTOR:
			ret->selector = optarg;
			break;
		case OPT_STATE:
			ret->state = optarg;
			break;
		case OPT_DELETED:
			ret->deleted = true;
			break;
		case OPT_ALL:
			ret->all = true;
			break;
		case OPT_PROFILE:
			ret->profile = optarg;
			break;
		case OPT_THREAD:
			ret->thread = optarg;
			break;
		case OPT_LIMIT:
			ret->limit = strtoll(optarg, &end, 10);
			if (*end || ret->limit < 1)
				return cli_usage(c, "--limit takes a number from 1");
			break;
		case OPT_CSV:
			ret->form = TABLE_CSV;
			ret->form_given = true;
			break;
		case OPT_JSONL:
			ret->form = TABLE_JSONL;
			ret->form_given = true;
			break;
		default:
			return cli_usage(c, "unknown option or missing value: %s", argv[optind - 1]);
		}
	}
	if (!ret->form_given && !isatty(STDOUT_FILENO))
		ret->form = TABLE_CSV;
	return 0;
}

enum err names_make(sqlite3 *db)
{
	static const char sql[] =
		"PRAGMA temp_store=MEMORY; CREATE TEMP TABLE names(value TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;"
		"INSERT OR IGNORE INTO names SELECT j.value, c.name FROM contact_record c, json_each(c.selectors) j WHERE c.name <> '' AND j.value <> '' ORDER BY c.id;"
		"INSERT OR IGNORE INTO names SELECT coalesce(s.value, ''), a.display_name FROM account_record a JOIN selector s ON s.id IN (a.user_id, a.phone, a.handle) WHERE a.display_name <> '' ORDER BY a.id;";
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : err_set(ERR_FORMAT, "contacts cannot be read: %s", sqlite3_errmsg(db));
}

static void where_add(struct buf *sql, bool *any, const char *condition)
{
	buf_text(sql, *any ? " AND " : " WHERE ");
	buf_text(sql, condition);
	*any = true;
}

/* The record has the selector in one of its columns, normalised or as found. */
static void selector_condition(struct buf *out, const struct kind *k)
{
	buf_text(out, "(v.account = :selector");
	for (int i = 0; i < kind_columns(k); i++) {
		if (k->columns[i].type == COLUMN_SELECTOR)
			buf_printf(out, " OR v.\"%s\" = :selector OR v.\"%s_raw\" = :selector", k->columns[i].name, k->columns[i].name);
		else if (k->columns[i].type == COLUMN_SELECTORS)
			buf_printf(out, " OR EXISTS (SELECT 1 FROM json_each(v.\"%s\") j WHERE j.value = :selector)", k->columns[i].name);
	}
	buf_char(out, ')');
}

/* Files that a list of known-good ones names, in the list of pictures. */
static bool out_of_sight(const struct kind *k) { return strcmp(k->name, "media") == 0; }

static void records_sql(struct buf *sql, const struct kind *k, const struct filter *f)
{
	int when = kind_when(k);
	const char *at = k->columns[when].name;
	char line[200];
	bool any = false;
	buf_text(sql, "SELECT v.*");
	for (int i = 0; i < kind_columns(k); i++)
		if (k->columns[i].type == COLUMN_SELECTOR)
			buf_printf(sql, ", (SELECT name FROM temp.names n WHERE n.value = v.\"%s\") AS \"%s_name\"", k->columns[i].name, k->columns[i].name);
	buf_printf(sql, " FROM %s v", k->plural);
	if (f->text) {
		snprintf(line, sizeof line, "v.id IN (SELECT rowid FROM %s_fts WHERE %s_fts MATCH :text)", k->name, k->name);
		where_add(sql, &any, line);
	}
	snprintf(line, sizeof line, "v.\"%s\" >= :from", at);
	if (f->from != TIME_NONE)
		where_add(sql, &any, line);
	snprintf(line, sizeof line, "v.\"%s\" <= :to", at);
	if (f->to != TIME_NONE)
		where_add(sql, &any, line);
	if (f->app)
		where_add(sql, &any, "v.app = :app COLLATE NOCASE");
	if (f->state)
		where_add(sql, &any, "v.state = :state");
	if (f->deleted)
		where_add(sql, &any, "v.state <> 'live'");
	if (f->profile)
		where_add(sql, &any, "v.profile = :profile");
	if (f->thread && kind_column(k, "thread") >= 0)
		where_add(sql, &any, "(v.thread = :thread OR v.thread_raw = :thread)");
	if (!f->all && out_of_sight(k))
		where_add(sql, &any, "coalesce(v.path_file, v.file) NOT IN (SELECT file FROM known_good)");
	if (f->selector) {
		struct buf c = { 0 };
		selector_condition(&c, k);
		where_add(sql, &any, c.data);
		buf_free(&c);
	}
	buf_printf(sql, " ORDER BY v.\"%s\", v.id", at);
	if (f->limit)
		buf_printf(sql, " LIMIT %lld", (long long)f->limit);
}

static void bind_text(sqlite3_stmt *q, const char *name, const char *text)
{
	int i = sqlite3_bind_parameter_index(q, name);
	if (i && text)
		sqlite3_bind_text(q, i, text, -1, SQLITE_STATIC);
}

static void filter_bind(sqlite3_stmt *q, const struct filter *f)
{
	int from = sqlite3_bind_parameter_index(q, ":from"), to = sqlite3_bind_parameter_index(q, ":to");
	if (from)
		sqlite3_bind_int64(q, from, f->from);
	if (to)
		sqlite3_bind_int64(q, to, f->to);
	bind_text(q, ":app", f->app);
	bind_text(q, ":selector", f->selector);
	bind_text(q, ":state", f->state);
	bind_text(q, ":profile", f->profile);
	bind_text(q, ":thread", f->thread);
	bind_text(q, ":text", f->text);
}

/* Where the result columns of a kind stand. */
struct layout {
	int at[KIND_COLUMNS_MOST], raw[KIND_COLUMNS_MOST], name[KIND_COLUMNS_MOST], file[KIND_COLUMNS_MOST];
	int id, app, account, profile, state, fate, confidence, file_path, sha256, table, row, page, offset, frame, reason, artifact;
};

static int result_column(sqlite3_stmt *q, const char *name, const char *suffix)
{
	char full[100];
	snprintf(full, sizeof full, "%s%s", name, suffix);
	for (int i = 0; i < sqlite3_column_count(q); i++)
		if (strcmp(sqlite3_column_name(q, i), full) == 0)
			return i;
	return -1;
}

static void layout_read(sqlite3_stmt *q, const struct kind *k, struct layout *l)
{
	for (int i = 0; i < kind_columns(k); i++) {
		l->at[i] = result_column(q, k->columns[i].name, "");
		l->raw[i] = result_column(q, k->columns[i].name, "_raw");
		l->name[i] = result_column(q, k->columns[i].name, "_name");
		l->file[i] = result_column(q, k->columns[i].name, "_file");
	}
	l->id = result_column(q, "id", "");
	l->app = result_column(q, "app", "");
	l->account = result_column(q, "account", "");
	l->profile = result_column(q, "profile", "");
	l->state = result_column(q, "state", "");
	l->fate = result_column(q, "fate", "");
	l->confidence = result_column(q, "confidence", "");
	l->file_path = result_column(q, "file_path", "");
	l->sha256 = result_column(q, "file_sha256", "");
	l->table = result_column(q, "source_table", "");
	l->row = result_column(q, "row", "");
	l->page = result_column(q, "page", "");
	l->offset = result_column(q, "offset", "");
	l->frame = result_column(q, "frame", "");
	l->reason = result_column(q, "reason", "");
	l->artifact = result_column(q, "artifact", "");
}

static void json_pair(struct buf *out, const char *key, sqlite3_stmt *q, int column)
{
	if (column < 0)
		return;
	buf_printf(out, ",\"%s\":", key);
	table_json(out, q, column);
}

static void json_column(struct buf *out, const struct column *c, sqlite3_stmt *q, const struct layout *l, int i)
{
	char time[40];
	buf_printf(out, ",\"%s\":", c->name);
	if (sqlite3_column_type(q, l->at[i]) == SQLITE_NULL)
		buf_text(out, "null");
	else if (c->type == COLUMN_TIME)
		buf_printf(out, "\"%s\"", time_iso(sqlite3_column_int64(q, l->at[i]), time, sizeof time));
	else if (c->type == COLUMN_BOOL)
		buf_text(out, sqlite3_column_int(q, l->at[i]) ? "true" : "false");
	else if (c->type == COLUMN_SELECTORS)
		buf_text(out, (const char *)sqlite3_column_text(q, l->at[i])); /* written by us as JSON */
	else
		table_json(out, q, l->at[i]);
	if (c->type == COLUMN_SELECTOR) {
		const char *value = (const char *)sqlite3_column_text(q, l->at[i]), *raw = (const char *)sqlite3_column_text(q, l->raw[i]);
		char key[80];
		snprintf(key, sizeof key, "%s_raw", c->name);
		if (value && raw && strcmp(value, raw) != 0)
			json_pair(out, key, q, l->raw[i]);
		snprintf(key, sizeof key, "%s_name", c->name);
		if (sqlite3_column_type(q, l->name[i]) != SQLITE_NULL)
			json_pair(out, key, q, l->name[i]);
	}
	if (c->type == COLUMN_PATH && sqlite3_column_type(q, l->file[i]) != SQLITE_NULL) {
		char key[80];
		snprintf(key, sizeof key, "%s_file", c->name);
		json_pair(out, key, q, l->file[i]);
	}
}

static void row_jsonl(struct buf *out, const struct kind *k, sqlite3_stmt *q, const struct layout *l)
{
	buf_printf(out, "{\"kind\":\"%s\",\"id\":%lld", k->name, sqlite3_column_int64(q, l->id));
	json_pair(out, "app", q, l->app);
	json_pair(out, "account", q, l->account);
	json_pair(out, "profile", q, l->profile);
	for (int i = 0; i < kind_columns(k); i++)
		json_column(out, &k->columns[i], q, l, i);
	json_pair(out, "state", q, l->state);
	json_pair(out, "fate", q, l->fate);
	json_pair(out, "confidence", q, l->confidence);
	buf_text(out, ",\"origin\":{\"file\":");
	table_json(out, q, l->file_path);
	json_pair(out, "table", q, l->table);
	json_pair(out, "row", q, l->row);
	json_pair(out, "page", q, l->page);
	json_pair(out, "offset", q, l->offset);
	json_pair(out, "frame", q, l->frame);
	json_pair(out, "reason", q, l->reason);
	json_pair(out, "sha256", q, l->sha256);
	json_pair(out, "artifact", q, l->artifact);
	buf_text(out, "}}\n");
}

static void cell_csv(struct buf *out, enum column_type type, sqlite3_stmt *q, int column)
{
	char time[40];
	if (column < 0 || sqlite3_column_type(q, column) == SQLITE_NULL)
		return;
	if (type == COLUMN_TIME) {
		buf_text(out, time_iso(sqlite3_column_int64(q, column), time, sizeof time));
		return;
	}
	const char *text = (const char *)sqlite3_column_text(q, column);
	table_csv(out, text ? text : "", text ? (size_t)sqlite3_column_bytes(q, column) : 0);
}

static void row_csv(struct buf *out, const struct kind *k, sqlite3_stmt *q, const struct layout *l)
{
	buf_printf(out, "%lld,", sqlite3_column_int64(q, l->id));
	cell_csv(out, COLUMN_TEXT, q, l->app);
	buf_char(out, ',');
	cell_csv(out, COLUMN_TEXT, q, l->account);
	buf_char(out, ',');
	cell_csv(out, COLUMN_TEXT, q, l->profile);
	for (int i = 0; i < kind_columns(k); i++) {
		buf_char(out, ',');
		cell_csv(out, k->columns[i].type, q, l->at[i]);
		if (k->columns[i].type == COLUMN_SELECTOR) {
			buf_char(out, ',');
			cell_csv(out, COLUMN_TEXT, q, l->name[i]);
		}
	}
	const int rest[] = { l->state, l->fate, l->confidence, l->file_path, l->table, l->row, l->page, l->offset, l->frame, l->artifact };
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
		buf_char(out, ',');
		cell_csv(out, COLUMN_TEXT, q, rest[i]);
	}
	buf_text(out, "\r\n");
}

static void head_csv(struct buf *out, const struct kind *k)
{
	buf_text(out, "id,app,account,profile");
	for (int i = 0; i < kind_columns(k); i++) {
		buf_printf(out, ",%s", k->columns[i].name);
		if (k->columns[i].type == COLUMN_SELECTOR)
			buf_printf(out, ",%s_name", k->columns[i].name);
	}
	buf_text(out, ",state,fate,confidence,file,table,row,page,offset,frame,artifact\r\n");
}

/* What a person sees of a value: a name for a number where one is known. */
static void cell_text_of(struct buf *out, const struct column *c, sqlite3_stmt *q, const struct layout *l, int i)
{
	char time[40];
	buf_clear(out);
	if (sqlite3_column_type(q, l->at[i]) == SQLITE_NULL)
		return;
	if (c->type == COLUMN_TIME) {
		time_iso(sqlite3_column_int64(q, l->at[i]), time, sizeof time);
		time[10] = ' ';
		time[19] = 0;
		buf_text(out, time);
		return;
	}
	const char *text = (const char *)sqlite3_column_text(q, l->at[i]);
	if (c->type == COLUMN_BOOL)
		text = sqlite3_column_int(q, l->at[i]) ? "yes" : "";
	if (c->type == COLUMN_SELECTOR && sqlite3_column_type(q, l->name[i]) != SQLITE_NULL)
		buf_printf(out, "%s ", (const char *)sqlite3_column_text(q, l->name[i]));
	for (const char *p = text ? text : ""; *p; p++)
		if (c->type != COLUMN_SELECTORS || !strchr("[]\"", *p))
			buf_char(out, *p);
}

/* Which columns a table for people shows: those that matter, as far as the width goes. */
static int columns_choose(const struct kind *k, int width, int *ret, int *ret_widths)
{
	int n = 0, left = width - 14, when = kind_when(k), title = -1;
	for (int i = 0; i < kind_columns(k); i++)
		if (k->columns[i].flags & COLUMN_TITLE)
			title = i;
	ret[n] = when;
	ret_widths[n++] = 19;
	left -= 20;
	for (int i = 0; i < kind_columns(k) && left > 46; i++) {
		const struct column *c = &k->columns[i];
		if (i == when || i == title || (strcmp(c->name, "message_id") == 0) || (c->type == COLUMN_TIME && n > 4))
			continue;
		int w = c->type == COLUMN_SELECTOR ? 24 : c->type == COLUMN_SELECTORS ? 22 : c->type == COLUMN_TIME ? 19 : c->type == COLUMN_TEXT || c->type == COLUMN_PATH ? 12 : 9;
		if (left - w - 1 < 30)
			break;
		ret[n] = i;
		ret_widths[n++] = w;
		left -= w + 1;
	}
	if (title >= 0 && title != when) {
		ret[n] = title;
		ret_widths[n++] = left > 10 ? left : 10;
	}
	return n;
}

/* What a person reads of a recovered row's fate. */
static const char *fate_word(const char *fate)
{
	return !fate || strcmp(fate, "unsure") == 0 ? "deleted?" : strcmp(fate, "earlier") == 0 ? "was earlier" : fate;
}

static void row_table(struct buf *out, const struct kind *k, sqlite3_stmt *q, const struct layout *l, const int *columns, const int *widths, int n)
{
	struct buf cell = { 0 };
	const char *state = (const char *)sqlite3_column_text(q, l->state), *fate = (const char *)sqlite3_column_text(q, l->fate);
	bool live = !state || strcmp(state, "live") == 0;
	const char *mark = fate_word(fate);
	if (!live)
		buf_text(out, cli_style(STDOUT_FILENO, STYLE_YELLOW));
	for (int i = 0; i < n; i++) {
		cell_text_of(&cell, &k->columns[columns[i]], q, l, columns[i]);
		table_cell(out, cell.data, widths[i]);
		buf_char(out, ' ');
	}
	table_cell(out, live ? (const char *)sqlite3_column_text(q, l->app) : mark, 12);
	if (!live)
		buf_text(out, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	buf_char(out, '\n');
	buf_free(&cell);
}

static void head_table(struct buf *out, const struct kind *k, const int *columns, const int *widths, int n)
{
	buf_text(out, cli_style(STDOUT_FILENO, STYLE_BOLD));
	for (int i = 0; i < n; i++) {
		table_cell(out, k->columns[columns[i]].name, widths[i]);
		buf_char(out, ' ');
	}
	table_cell(out, "app / state", 12);
	buf_text(out, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	buf_char(out, '\n');
}

static bool out_flush(struct buf *out, size_t least)
{
	if (out->size < least)
		return true;
	bool ok = fwrite(out->data, 1, out->size, stdout) == out->size;
	buf_clear(out);
	return ok;
}

static int64_t count_of(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *q = NULL;
	int64_t n = 0;
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return n;
}

/* What a listing leaves out because of known lists is said, on standard error. */
static void withheld_tell(sqlite3 *db, const struct kind *k, const struct filter *f)
{
	if (!out_of_sight(k))
		return;
	int64_t illegal = count_of(db, "SELECT count(*) FROM sensitive"), good = f->all ? 0 : count_of(db, "SELECT count(*) FROM known_good");
	if (illegal)
		fprintf(stderr, "%s%lld files are on lists of illegal pictures and are not shown: custos show names hash, list and category%s\n", cli_style(STDERR_FILENO, STYLE_RED), (long long)illegal,
			cli_style(STDERR_FILENO, STYLE_PLAIN));
	if (good)
		fprintf(stderr, "%lld files are on lists of known-good ones and out of sight: --all shows them\n", (long long)good);
}

enum err records_print(sqlite3 *db, const struct kind *k, const struct filter *f, int64_t *ret_count)
{
	struct buf sql = { 0 }, out = { 0 };
	sqlite3_stmt *q = NULL;
	struct layout l;
	int columns[KIND_COLUMNS_MOST], widths[KIND_COLUMNS_MOST], n = 0, rc;
	*ret_count = 0;
	records_sql(&sql, k, f);
	rc = sqlite3_prepare_v2(db, sql.data, -1, &q, NULL);
	buf_free(&sql);
	if (rc != SQLITE_OK)
		return err_set(ERR_FORMAT, "%s cannot be read: %s", k->plural, sqlite3_errmsg(db));
	filter_bind(q, f);
	layout_read(q, k, &l);
	if (f->form == TABLE_TEXT)
		n = columns_choose(k, table_width(), columns, widths);
	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		if (!*ret_count && f->form == TABLE_TEXT)
			head_table(&out, k, columns, widths, n);
		if (!*ret_count && f->form == TABLE_CSV)
			head_csv(&out, k);
		++*ret_count;
		if (f->form == TABLE_JSONL)
			row_jsonl(&out, k, q, &l);
		else if (f->form == TABLE_CSV)
			row_csv(&out, k, q, &l);
		else
			row_table(&out, k, q, &l, columns, widths, n);
		if (!out_flush(&out, 1 << 16))
			break;
	}
	out_flush(&out, 1);
	buf_free(&out);
	withheld_tell(db, k, f);
	enum err e = rc == SQLITE_ROW || rc == SQLITE_DONE ? OK : err_set(ERR_FORMAT, "%s: %s", f->text ? "search" : k->plural, sqlite3_errmsg(db));
	sqlite3_finalize(q);
	return e;
}

enum err timeline_print(sqlite3 *db, const struct filter *f, int64_t *ret_count)
{
	struct buf sql = { 0 }, out = { 0 };
	sqlite3_stmt *q = NULL;
	bool any = false;
	*ret_count = 0;
	buf_text(&sql, "SELECT t.at, t.kind, t.id, s.app, t.state, t.title, f.path, r.source_table, t.fate FROM timeline t JOIN source s ON s.id = t.origin JOIN run r ON r.id = s.run JOIN file f ON f.id = r.file");
	if (f->from != TIME_NONE)
		where_add(&sql, &any, "t.at >= :from");
	if (f->to != TIME_NONE)
		where_add(&sql, &any, "t.at <= :to");
	if (f->app)
		where_add(&sql, &any, "s.app = :app COLLATE NOCASE");
	if (f->state)
		where_add(&sql, &any, "t.state = :state");
	if (f->deleted)
		where_add(&sql, &any, "t.state <> 'live'");
	if (f->profile)
		where_add(&sql, &any, "s.profile = :profile");
	buf_text(&sql, " ORDER BY t.at, t.kind, t.id");
	if (f->limit)
		buf_printf(&sql, " LIMIT %lld", (long long)f->limit);
	int rc = sqlite3_prepare_v2(db, sql.data, -1, &q, NULL), width = table_width();
	buf_free(&sql);
	if (rc != SQLITE_OK)
		return err_set(ERR_FORMAT, "the timeline cannot be read: %s", sqlite3_errmsg(db));
	filter_bind(q, f);
	if (f->form == TABLE_CSV)
		buf_text(&out, "at,kind,id,app,state,title,file,table,fate\r\n");
	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		char time[40];
		time_iso(sqlite3_column_int64(q, 0), time, sizeof time);
		++*ret_count;
		if (f->form == TABLE_JSONL) {
			static const char *const keys[] = { "at", "kind", "id", "app", "state", "title", "file", "table", "fate" };
			buf_printf(&out, "{\"at\":\"%s\"", time);
			for (int i = 1; i < 9; i++)
				json_pair(&out, keys[i], q, i);
			buf_text(&out, "}\n");
		} else if (f->form == TABLE_CSV) {
			buf_text(&out, time);
			for (int i = 1; i < 9; i++) {
				buf_char(&out, ',');
				cell_csv(&out, COLUMN_TEXT, q, i);
			}
			buf_text(&out, "\r\n");
		} else {
			bool live = strcmp((const char *)sqlite3_column_text(q, 4), "live") == 0;
			time[10] = ' ';
			time[19] = 0;
			buf_printf(&out, "%s%s%s ", cli_style(STDOUT_FILENO, live ? STYLE_DIM : STYLE_YELLOW), time, live ? cli_style(STDOUT_FILENO, STYLE_PLAIN) : "");
			table_cell(&out, (const char *)sqlite3_column_text(q, 1), 12);
			buf_char(&out, ' ');
			table_cell(&out, (const char *)sqlite3_column_text(q, 3), 16);
			buf_char(&out, ' ');
			table_cell(&out, (const char *)sqlite3_column_text(q, 5), width - 65);
			buf_char(&out, ' ');
			table_cell(&out, live ? "" : fate_word((const char *)sqlite3_column_text(q, 8)), 12);
			buf_printf(&out, "%s\n", live ? "" : cli_style(STDOUT_FILENO, STYLE_PLAIN));
		}
		if (!out_flush(&out, 1 << 16))
			break;
	}
	out_flush(&out, 1);
	buf_free(&out);
	enum err e = rc == SQLITE_ROW || rc == SQLITE_DONE ? OK : err_set(ERR_FORMAT, "the timeline: %s", sqlite3_errmsg(db));
	sqlite3_finalize(q);
	return e;
}
