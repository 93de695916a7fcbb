#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "cli/records.h"
#include "exhibit/exhibit.h"
#include "exhibit/view.h"

/* One section: a heading, then each row by `format`: 's' text, 'n' number, 't' time; NULL shows as "-". */
struct section {
	const char *heading, *sql, *columns; /* "property|value": names; with widths below */
	const int widths[6];
	const char *types;
};

static const struct section sections[] = {
	{ "POLICE REFERRAL IS MANDATORY: on lists of illegal pictures (do not open these files; nothing else of them is shown)",
	  "SELECT sha256, list || '@' || version, country, category, min(how), count(*) FROM list_matches WHERE nature = 'illegal' GROUP BY sha256, list, version, country, category "
	  "ORDER BY list, category, sha256 LIMIT 200", "SHA-256|list|country|category|by|times", { 64, 30, 8, 20, 7 , 6 }, "sssssn" },
	{ "Known lists", "SELECT l.name || '@' || l.version, l.nature, l.country, l.entries, count(DISTINCT iif(m.how <> 'pdq', m.file, NULL)), count(DISTINCT iif(m.how = 'pdq', m.file, NULL)) "
	  "FROM list l LEFT JOIN list_match m ON m.list = l.id GROUP BY l.id ORDER BY l.id", "list|nature|country|entries|same files|look alike", { 30, 12, 8, 14, 10, 10 }, "sssnnn" },
	{ "Device", "SELECT property, value FROM device_record ORDER BY id LIMIT 60", "property|value", { 34, 80 }, "ss" },
	{ "SIM cards", "SELECT iccid, imsi, msisdn, carrier FROM sims ORDER BY id", "iccid|imsi|number|carrier", { 22, 17, 16, 30 }, "ssss" },
	{ "Accounts", "SELECT service, coalesce(handle, user_id, email, phone, ''), display_name, created_at FROM accounts ORDER BY service, id LIMIT 100",
	  "service|account|name|added", { 26, 36, 28, 19 }, "ssst" },
	{ "Records", NULL, "kind|live|recovered|first|last", { 16, 10, 10, 19, 19 }, "snntt" },
	{ "Pictures and videos (hashes below quality 50 cannot be compared)",
	  "SELECT content, count(*), sum(size), count(h.n), count(CASE WHEN h.most < 50 THEN 1 END) FROM file f "
	  "LEFT JOIN (SELECT file, count(*) AS n, max(quality) AS most FROM media_hash GROUP BY file) h ON h.file = f.id "
	  "WHERE content LIKE 'image/%' OR content LIKE 'video/%' GROUP BY content ORDER BY 2 DESC", "type|files|bytes|hashed|not comparable", { 20, 10, 16, 10, 16 }, "snnnn" },
	{ "Cameras (as the files themselves say)",
	  "SELECT coalesce(m.make || ' ', '') || coalesce(m.model, ''), m.serial, count(*), min(m.taken_at), max(m.taken_at) FROM media_record m "
	  "JOIN source s ON s.id = m.origin JOIN run r ON r.id = s.run JOIN artifact a ON a.id = r.artifact WHERE a.name = 'media/file' "
	  "AND (m.make IS NOT NULL OR m.model IS NOT NULL) GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 30", "camera|serial|files|first|last", { 34, 20, 10, 19, 19 }, "ssntt" },
	{ "Named by (an app or camera, by its way of naming files: anybody can rename)",
	  "SELECT platform, count(*), count(post_id), min(posted_at), max(posted_at) FROM media_record WHERE platform IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 30",
	  "platform|files|with an id|first|last", { 20, 10, 12, 19, 19 }, "snntt" },
	{ "Came back (rows that were deleted or changed, by app; whom they name is looked up among the rows as they are now)", NULL, "app|kind|deleted|changed|unsure", { 28, 16, 10, 10, 10 }, "ssnnn" },
	{ "Rows and records (what each table had, and what came of it)",
	  "SELECT artifact, source_table, sum(rows), sum(records), rows_of, sum(omitted), file, omits FROM coverage "
	  "GROUP BY artifact, iif(artifact LIKE 'media/%', '', file), source_table, rows_of ORDER BY artifact, file, rows_of", NULL, { 0 }, NULL },
	{ "Files", "SELECT coalesce(content, type), count(*), sum(size) FROM file GROUP BY 1 ORDER BY 2 DESC LIMIT 20", "type|files|bytes", { 34, 10, 16 }, "snn" },
};

static void heading(const char *text) { printf("\n%s%s%s\n", cli_style(STDOUT_FILENO, STYLE_BOLD), text, cli_style(STDOUT_FILENO, STYLE_PLAIN)); }

static void cell_show(struct buf *out, sqlite3_stmt *q, int i, char type, int width)
{
	char text[64] = "";
	if (sqlite3_column_type(q, i) == SQLITE_NULL) {
		table_cell(out, "", width);
	} else if (type == 't') {
		time_iso(sqlite3_column_int64(q, i), text, sizeof text);
		text[10] = ' ';
		text[19] = 0;
		table_cell(out, text, width);
	} else if (type == 'n') {
		snprintf(text, sizeof text, "%*lld", width - 1, sqlite3_column_int64(q, i));
		table_cell(out, text, width);
	} else {
		table_cell(out, (const char *)sqlite3_column_text(q, i), width);
	}
	buf_char(out, ' ');
}

static enum err query_show(sqlite3 *db, const struct section *s, const char *sql)
{
	sqlite3_stmt *q = NULL;
	struct buf out = { 0 };
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
		return err_set(ERR_FORMAT, "%s cannot be read: %s", s->heading, sqlite3_errmsg(db));
	int n = (int)strlen(s->types), rows = 0;
	while (sqlite3_step(q) == SQLITE_ROW) {
		if (!rows++) {
			const char *name = s->columns;
			heading(s->heading);
			buf_text(&out, cli_style(STDOUT_FILENO, STYLE_DIM));
			for (int i = 0; i < n; i++) {
				size_t size = strcspn(name, "|");
				char word[64];
				snprintf(word, sizeof word, "%.*s", (int)size, name);
				table_cell(&out, word, s->widths[i]);
				buf_char(&out, ' ');
				name += size + (name[size] == '|');
			}
			buf_text(&out, cli_style(STDOUT_FILENO, STYLE_PLAIN));
			buf_char(&out, '\n');
		}
		for (int i = 0; i < n; i++)
			cell_show(&out, q, i, s->types[i], s->widths[i]);
		buf_char(&out, '\n');
	}
	if (out.data)
		fputs(out.data, stdout);
	buf_free(&out);
	sqlite3_finalize(q);
	return OK;
}

static void kinds_sql(struct buf *sql)
{
	buf_text(sql, "SELECT * FROM (");
	for (int k = 0; k < kind_count; k++) {
		const char *at = kinds[k].columns[kind_when(&kinds[k])].name;
		buf_printf(sql, "%sSELECT '%s' AS kind, sum(state = 'live') AS live, sum(state <> 'live'), min(\"%s\"), max(\"%s\"), count(*) AS n FROM %s", k ? " UNION ALL " : "",
			   kinds[k].plural, at, at, kind_table(&kinds[k]));
	}
	buf_text(sql, ") WHERE n > 0 ORDER BY n DESC");
}

/* By app and kind, how many records are of rows that no query sees any more. */
static void recovered_sql(struct buf *sql)
{
	buf_text(sql, "SELECT app, kind, sum(fate = 'deleted'), sum(fate = 'earlier'), sum(fate = 'unsure') FROM (");
	for (int k = 0; k < kind_count; k++)
		buf_printf(sql, "%sSELECT s.app, '%s' AS kind, t.fate FROM %s t JOIN source s ON s.id = t.origin WHERE t.state <> 'live'", k ? " UNION ALL " : "",
			   kinds[k].plural, kind_table(&kinds[k]));
	buf_text(sql, ") GROUP BY app, kind ORDER BY count(*) DESC, app, kind");
}

static enum err coverage_show(sqlite3 *db, const struct section *s)
{
	sqlite3_stmt *q = NULL;
	if (sqlite3_prepare_v2(db, s->sql, -1, &q, NULL) != SQLITE_OK)
		return err_set(ERR_FORMAT, "%s cannot be read: %s", s->heading, sqlite3_errmsg(db));
	heading(s->heading);
	while (sqlite3_step(q) == SQLITE_ROW) {
		struct buf line = { 0 };
		const char *table = (const char *)sqlite3_column_text(q, 1);
		bool recovered = strcmp((const char *)sqlite3_column_text(q, 4), "live") != 0;
		table_cell(&line, (const char *)sqlite3_column_text(q, 0), 36);
		buf_char(&line, ' ');
		table_cell(&line, table ? table : "(file)", 22);
		if (sqlite3_column_type(q, 2) != SQLITE_NULL)
			buf_printf(&line, " %8lld %s", sqlite3_column_int64(q, 2), recovered ? "back" : "rows");
		else
			buf_printf(&line, " %13s", "");
		buf_printf(&line, " %8lld records", sqlite3_column_int64(q, 3));
		if (sqlite3_column_int64(q, 5) > 0) {
			const char *omits = (const char *)sqlite3_column_text(q, 7);
			buf_printf(&line, "  %s%lld rows without a record: %s%s", cli_style(STDOUT_FILENO, STYLE_YELLOW), sqlite3_column_int64(q, 5),
				   omits ? omits : "not said why", cli_style(STDOUT_FILENO, STYLE_PLAIN));
		}
		puts(line.data ? line.data : "");
		buf_free(&line);
	}
	sqlite3_finalize(q);
	return OK;
}

/* How many pictures and videos look like one another. */
static enum err groups_show(const char *path)
{
	struct view *v = NULL;
	struct view_group_counts c;
	enum err e = view_open(path, &v);
	if (!e)
		e = view_groups(v, PDQ_DISTANCE_MOST, NULL, NULL, &c);
	if (!e && c.groups) {
		heading("Look alike");
		printf("%u groups, %u of %u files, the largest group %u   (custos media --groups)\n", c.groups, c.grouped, c.files, c.largest);
	}
	view_close(v);
	return e;
}

static enum err notes_show(sqlite3 *db, int64_t most)
{
	sqlite3_stmt *q = NULL;
	char sql[300];
	snprintf(sql, sizeof sql, "SELECT f.path, n.offset, n.about, n.reason, count(*) OVER () FROM note n LEFT JOIN file f ON f.id = n.file ORDER BY n.id LIMIT %lld", (long long)most);
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
		return err_set(ERR_FORMAT, "notes cannot be read: %s", sqlite3_errmsg(db));
	int64_t shown = 0, all = 0;
	while (sqlite3_step(q) == SQLITE_ROW) {
		if (!shown++)
			heading("Notes (what could not be read, and why)");
		struct buf line = { 0 };
		const char *path = (const char *)sqlite3_column_text(q, 0), *about = (const char *)sqlite3_column_text(q, 2), *reason = (const char *)sqlite3_column_text(q, 3);
		all = sqlite3_column_int64(q, 4);
		buf_text(&line, path ? path : "(evidence)");
		if (sqlite3_column_type(q, 1) != SQLITE_NULL)
			buf_printf(&line, " at byte %lld", sqlite3_column_int64(q, 1));
		struct buf whole = { 0 };
		buf_printf(&whole, "%s: %s: %s", line.data, about ? about : "?", reason ? reason : "?");
		buf_clear(&line);
		table_cell(&line, whole.data, isatty(STDOUT_FILENO) ? table_width() * 3 : 1000);
		while (line.size && line.data[line.size - 1] == ' ')
			line.data[--line.size] = 0;
		puts(line.data);
		buf_free(&line);
		buf_free(&whole);
	}
	sqlite3_finalize(q);
	if (all > shown)
		printf("… and %lld more: custos show --notes\n", (long long)(all - shown));
	return OK;
}

static enum err head_show(sqlite3 *db, const char *path)
{
	sqlite3_stmt *q = NULL;
	printf("%s%s%s\n", cli_style(STDOUT_FILENO, STYLE_BOLD), path, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	if (sqlite3_prepare_v2(db, "SELECT 'root', root FROM seal_root UNION ALL SELECT key, value FROM exhibit WHERE value <> '' UNION ALL SELECT key, value FROM examination", -1, &q, NULL) != SQLITE_OK)
		return err_set(ERR_FORMAT, "the head cannot be read: %s", sqlite3_errmsg(db));
	while (sqlite3_step(q) == SQLITE_ROW) {
		struct buf line = { 0 };
		buf_text(&line, "  ");
		table_cell(&line, (const char *)sqlite3_column_text(q, 0), 18);
		buf_char(&line, ' ');
		table_cell(&line, (const char *)sqlite3_column_text(q, 1), 120);
		while (line.size && line.data[line.size - 1] == ' ')
			line.data[--line.size] = 0;
		puts(line.data);
		buf_free(&line);
	}
	sqlite3_finalize(q);
	return OK;
}

int cmd_show(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = { { "notes", no_argument, NULL, 'n' }, { 0 } };
	sqlite3 *db = NULL;
	bool notes = false;
	int opt;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt != 'n')
			return cli_usage(c, "unknown option %s", argv[optind - 1]);
		notes = true;
	}
	if (optind + 1 != argc)
		return cli_usage(c, "one exhibit is to be named");
	enum err e = exhibit_open(argv[optind], &db);
	if (!e && !notes)
		e = head_show(db, argv[optind]);
	for (size_t i = 0; !e && !notes && i < sizeof sections / sizeof *sections; i++) {
		struct buf sql = { 0 };
		if (!sections[i].types) {
			e = coverage_show(db, &sections[i]);
		} else if (sections[i].sql) {
			e = query_show(db, &sections[i], sections[i].sql);
		} else {
			(strncmp(sections[i].heading, "Came", 4) == 0 ? recovered_sql : kinds_sql)(&sql);
			e = query_show(db, &sections[i], sql.data);
		}
		buf_free(&sql);
	}
	if (!e && !notes)
		e = groups_show(argv[optind]);
	if (!e)
		e = notes_show(db, notes ? INT64_MAX : 20);
	sqlite3_close(db);
	return e ? cli_fail(e) : EXIT_OK;
}
