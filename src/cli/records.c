#include "cli/records.h"

#include <getopt.h>
#include <limits.h>
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
	*ret = (struct filter){ .want = VIEW_FILTER_ALL };
	ret->want.no_known = true;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		switch (opt) {
		case OPT_FROM:
			if (!time_parse(optarg, &ret->want.from))
				return cli_usage(c, "--from takes a time like 2026-03-01 or 2026-03-01T14:30:00Z, not %s", optarg);
			break;
		case OPT_TO:
			if (!time_parse(optarg, &ret->want.to))
				return cli_usage(c, "--to takes a time like 2026-03-01 or 2026-03-01T14:30:00Z, not %s", optarg);
			if (strlen(optarg) == 10) /* a day: to its end */
				ret->want.to += 86399999999;
			break;
		case OPT_APP:
			ret->want.app = optarg;
			break;
		case OPT_SELECTOR:
			ret->want.selector = optarg;
			break;
		case OPT_STATE:
			ret->want.state = optarg;
			break;
		case OPT_DELETED:
			ret->want.deleted = true;
			break;
		case OPT_ALL:
			ret->want.no_known = false;
			break;
		case OPT_PROFILE:
			ret->want.profile = optarg;
			break;
		case OPT_THREAD:
			ret->want.thread = optarg;
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

static void json_pair(struct buf *out, const char *key, sqlite3_stmt *q, int column)
{
	if (column < 0)
		return;
	buf_printf(out, ",\"%s\":", key);
	table_json(out, q, column);
}

static void json_column(struct buf *out, const struct column *c, const struct view_record *r, int i)
{
	char time[40];
	buf_printf(out, ",\"%s\":", c->name);
	if (sqlite3_column_type(r->q, view_column(r, i, VIEW_VALUE)) == SQLITE_NULL)
		buf_text(out, "null");
	else if (c->type == COLUMN_TIME)
		buf_printf(out, "\"%s\"", time_iso(sqlite3_column_int64(r->q, view_column(r, i, VIEW_VALUE)), time, sizeof time));
	else if (c->type == COLUMN_BOOL)
		buf_text(out, sqlite3_column_int(r->q, view_column(r, i, VIEW_VALUE)) ? "true" : "false");
	else if (c->type == COLUMN_SELECTORS)
		buf_text(out, (const char *)sqlite3_column_text(r->q, view_column(r, i, VIEW_VALUE))); /* written by us as JSON */
	else
		table_json(out, r->q, view_column(r, i, VIEW_VALUE));
	if (c->type == COLUMN_SELECTOR) {
		const char *value = (const char *)sqlite3_column_text(r->q, view_column(r, i, VIEW_VALUE)), *raw = (const char *)sqlite3_column_text(r->q, view_column(r, i, VIEW_RAW));
		char key[80];
		snprintf(key, sizeof key, "%s_raw", c->name);
		if (value && raw && strcmp(value, raw) != 0)
			json_pair(out, key, r->q, view_column(r, i, VIEW_RAW));
		snprintf(key, sizeof key, "%s_name", c->name);
		if (sqlite3_column_type(r->q, view_column(r, i, VIEW_NAME)) != SQLITE_NULL)
			json_pair(out, key, r->q, view_column(r, i, VIEW_NAME));
	}
	if (c->type == COLUMN_PATH && sqlite3_column_type(r->q, view_column(r, i, VIEW_FILE_ID)) != SQLITE_NULL) {
		char key[80];
		snprintf(key, sizeof key, "%s_file", c->name);
		json_pair(out, key, r->q, view_column(r, i, VIEW_FILE_ID));
	}
}

static void row_jsonl(struct buf *out, const struct view_record *r)
{
	const struct kind *k = r->kind;
	buf_printf(out, "{\"kind\":\"%s\",\"id\":%lld", k->name, (long long)r->id);
	json_pair(out, "app", r->q, view_common_column(r, VIEW_APP));
	json_pair(out, "account", r->q, view_common_column(r, VIEW_ACCOUNT));
	json_pair(out, "profile", r->q, view_common_column(r, VIEW_PROFILE));
	for (int i = 0; i < kind_columns(k); i++)
		json_column(out, &k->columns[i], r, i);
	json_pair(out, "state", r->q, view_common_column(r, VIEW_STATE));
	json_pair(out, "fate", r->q, view_common_column(r, VIEW_FATE));
	json_pair(out, "confidence", r->q, view_common_column(r, VIEW_CONFIDENCE));
	buf_text(out, ",\"origin\":{\"file\":");
	table_json(out, r->q, view_common_column(r, VIEW_FILE_PATH));
	json_pair(out, "table", r->q, view_common_column(r, VIEW_TABLE));
	json_pair(out, "row", r->q, view_common_column(r, VIEW_ROW));
	json_pair(out, "page", r->q, view_common_column(r, VIEW_PAGE));
	json_pair(out, "offset", r->q, view_common_column(r, VIEW_OFFSET));
	json_pair(out, "frame", r->q, view_common_column(r, VIEW_FRAME));
	json_pair(out, "reason", r->q, view_common_column(r, VIEW_REASON));
	json_pair(out, "sha256", r->q, view_common_column(r, VIEW_SHA256));
	json_pair(out, "artifact", r->q, view_common_column(r, VIEW_ARTIFACT));
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

static void row_csv(struct buf *out, const struct view_record *r)
{
	const struct kind *k = r->kind;
	buf_printf(out, "%lld,", (long long)r->id);
	cell_csv(out, COLUMN_TEXT, r->q, view_common_column(r, VIEW_APP));
	buf_char(out, ',');
	cell_csv(out, COLUMN_TEXT, r->q, view_common_column(r, VIEW_ACCOUNT));
	buf_char(out, ',');
	cell_csv(out, COLUMN_TEXT, r->q, view_common_column(r, VIEW_PROFILE));
	for (int i = 0; i < kind_columns(k); i++) {
		buf_char(out, ',');
		cell_csv(out, k->columns[i].type, r->q, view_column(r, i, VIEW_VALUE));
		if (k->columns[i].type == COLUMN_SELECTOR) {
			buf_char(out, ',');
			cell_csv(out, COLUMN_TEXT, r->q, view_column(r, i, VIEW_NAME));
		}
	}
	const int rest[] = { view_common_column(r, VIEW_STATE), view_common_column(r, VIEW_FATE), view_common_column(r, VIEW_CONFIDENCE), view_common_column(r, VIEW_FILE_PATH), view_common_column(r, VIEW_TABLE), view_common_column(r, VIEW_ROW), view_common_column(r, VIEW_PAGE), view_common_column(r, VIEW_OFFSET), view_common_column(r, VIEW_FRAME), view_common_column(r, VIEW_ARTIFACT) };
	for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
		buf_char(out, ',');
		cell_csv(out, COLUMN_TEXT, r->q, rest[i]);
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
static void cell_text_of(struct buf *out, const struct column *c, const struct view_record *r, int i)
{
	char time[40];
	buf_clear(out);
	if (sqlite3_column_type(r->q, view_column(r, i, VIEW_VALUE)) == SQLITE_NULL)
		return;
	if (c->type == COLUMN_TIME) {
		time_iso(sqlite3_column_int64(r->q, view_column(r, i, VIEW_VALUE)), time, sizeof time);
		time[10] = ' ';
		time[19] = 0;
		buf_text(out, time);
		return;
	}
	const char *text = (const char *)sqlite3_column_text(r->q, view_column(r, i, VIEW_VALUE));
	if (c->type == COLUMN_BOOL)
		text = sqlite3_column_int(r->q, view_column(r, i, VIEW_VALUE)) ? "yes" : "";
	if (c->type == COLUMN_SELECTOR && sqlite3_column_type(r->q, view_column(r, i, VIEW_NAME)) != SQLITE_NULL)
		buf_printf(out, "%s ", (const char *)sqlite3_column_text(r->q, view_column(r, i, VIEW_NAME)));
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

static void row_table(struct buf *out, const struct view_record *r, const int *columns, const int *widths, int n)
{
	const struct kind *k = r->kind;
	struct buf cell = { 0 };
	const char *state = (const char *)sqlite3_column_text(r->q, view_common_column(r, VIEW_STATE)), *fate = (const char *)sqlite3_column_text(r->q, view_common_column(r, VIEW_FATE));
	bool live = !state || strcmp(state, "live") == 0;
	const char *mark = fate_word(fate);
	if (!live)
		buf_text(out, cli_style(STDOUT_FILENO, STYLE_YELLOW));
	for (int i = 0; i < n; i++) {
		cell_text_of(&cell, &k->columns[columns[i]], r, columns[i]);
		table_cell(out, cell.data, widths[i]);
		buf_char(out, ' ');
	}
	table_cell(out, live ? (const char *)sqlite3_column_text(r->q, view_common_column(r, VIEW_APP)) : mark, 12);
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

static int64_t count_of(struct view *v, const char *sql)
{
	sqlite3_stmt *q = NULL;
	int64_t n = 0;
	if (sqlite3_prepare_v2(view_db(v), sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return n;
}

/* What a listing leaves out because of known lists is said, on standard error. */
static void withheld_tell(struct view *v, const struct kind *k, const struct filter *f)
{
	if (strcmp(k->name, "media") != 0)
		return;
	int64_t illegal = count_of(v, "SELECT count(*) FROM sensitive"), good = f->want.no_known ? count_of(v, "SELECT count(*) FROM known_good") : 0;
	if (illegal)
		fprintf(stderr, "%s%lld files are on lists of illegal pictures and are not shown: custos show names hash, list and category%s\n", cli_style(STDERR_FILENO, STYLE_RED), (long long)illegal,
			cli_style(STDERR_FILENO, STYLE_PLAIN));
	if (good)
		fprintf(stderr, "%lld files are on lists of known-good ones and out of sight: --all shows them\n", (long long)good);
}

/* A listing on its way out. */
struct printing {
	const struct filter *f;
	struct buf out;
	int64_t count;
	int columns[KIND_COLUMNS_MOST], widths[KIND_COLUMNS_MOST], n, width;
};

static enum err record_print(void *context, const struct view_record *r)
{
	struct printing *p = context;
	if (!p->count && p->f->form == TABLE_TEXT)
		head_table(&p->out, r->kind, p->columns, p->widths, p->n);
	if (!p->count && p->f->form == TABLE_CSV)
		head_csv(&p->out, r->kind);
	p->count++;
	if (p->f->form == TABLE_JSONL)
		row_jsonl(&p->out, r);
	else if (p->f->form == TABLE_CSV)
		row_csv(&p->out, r);
	else
		row_table(&p->out, r, p->columns, p->widths, p->n);
	return out_flush(&p->out, 1 << 16) ? OK : err_errno("cannot write");
}

static int most(const struct filter *f) { return f->limit && f->limit < INT_MAX - 1 ? (int)f->limit : INT_MAX - 1; }

enum err records_print(struct view *v, const struct kind *k, const struct filter *f, int64_t *ret_count)
{
	struct printing p = { .f = f };
	struct view_place place = { 0 };
	bool more;
	if (f->form == TABLE_TEXT)
		p.n = columns_choose(k, table_width(), p.columns, p.widths);
	enum err e = view_records(v, k, &f->want, false, &place, most(f), record_print, &p, &more);
	if (!out_flush(&p.out, 1) && !e)
		e = err_errno("cannot write");
	buf_free(&p.out);
	withheld_tell(v, k, f);
	*ret_count = p.count;
	return e;
}

static const char *title_of(const struct view_record *r)
{
	const char *title = NULL;
	for (int i = 0; i < kind_columns(r->kind); i++)
		if (r->kind->columns[i].flags & COLUMN_TITLE && r->kind->columns[i].type != COLUMN_SELECTOR)
			title = view_text(r, i);
	return title;
}

static void moment_json(struct buf *out, const char *key, const char *text)
{
	buf_printf(out, ",\"%s\":", key);
	if (text)
		buf_json(out, text, strlen(text));
	else
		buf_text(out, "null");
}

static enum err moment_print(void *context, const struct view_record *r)
{
	static const char *const keys[] = { "app", "state", "title", "file", "table", "fate" };
	struct printing *p = context;
	struct buf *out = &p->out;
	char time[40];
	const char *texts[] = { view_common_text(r, VIEW_APP), view_common_text(r, VIEW_STATE), title_of(r), view_common_text(r, VIEW_FILE_PATH), view_common_text(r, VIEW_TABLE), view_common_text(r, VIEW_FATE) };
	time_iso(r->at, time, sizeof time);
	if (!p->count++ && p->f->form == TABLE_CSV)
		buf_text(out, "at,kind,id,app,state,title,file,table,fate\r\n");
	if (p->f->form == TABLE_JSONL) {
		buf_printf(out, "{\"at\":\"%s\",\"kind\":\"%s\",\"id\":%lld", time, r->kind->name, (long long)r->id);
		for (int i = 0; i < 6; i++)
			moment_json(out, keys[i], texts[i]);
		buf_text(out, "}\n");
	} else if (p->f->form == TABLE_CSV) {
		buf_printf(out, "%s,%s,%lld", time, r->kind->name, (long long)r->id);
		for (int i = 0; i < 6; i++) {
			buf_char(out, ',');
			table_csv(out, texts[i] ? texts[i] : "", texts[i] ? strlen(texts[i]) : 0);
		}
		buf_text(out, "\r\n");
	} else {
		bool live = view_live(r);
		time[10] = ' ';
		time[19] = 0;
		buf_printf(out, "%s%s%s ", cli_style(STDOUT_FILENO, live ? STYLE_DIM : STYLE_YELLOW), time, live ? cli_style(STDOUT_FILENO, STYLE_PLAIN) : "");
		table_cell(out, r->kind->name, 12);
		buf_char(out, ' ');
		table_cell(out, texts[0], 16);
		buf_char(out, ' ');
		table_cell(out, texts[2], p->width - 65);
		buf_char(out, ' ');
		table_cell(out, live ? "" : fate_word(texts[5]), 12);
		buf_printf(out, "%s\n", live ? "" : cli_style(STDOUT_FILENO, STYLE_PLAIN));
	}
	return out_flush(out, 1 << 16) ? OK : err_errno("cannot write");
}

enum err timeline_print(struct view *v, const struct filter *f, int64_t *ret_count)
{
	struct printing p = { .f = f, .width = table_width() };
	struct view_place place = { 0 };
	bool more;
	enum err e = view_timeline(v, &f->want, 0, false, &place, most(f), moment_print, &p, &more);
	if (!out_flush(&p.out, 1) && !e)
		e = err_errno("cannot write");
	buf_free(&p.out);
	*ret_count = p.count;
	return e;
}
