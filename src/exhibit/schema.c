#include "exhibit/schema.h"

#include <string.h>

static const struct {
	const char *name, *columns;
	int count;
} fixed[TABLE_KINDS] = {
	[TABLE_EXHIBIT] = { "exhibit", "key TEXT NOT NULL UNIQUE, value TEXT", 2 },
	[TABLE_EXAMINATION] = { "examination", "key TEXT NOT NULL UNIQUE, value TEXT", 2 },
	[TABLE_ARTIFACT] = { "artifact",
		"id INTEGER PRIMARY KEY, name TEXT NOT NULL, about TEXT NOT NULL, record TEXT NOT NULL, sha256 BLOB NOT NULL", 5 },
	[TABLE_FILE] = { "file",
		"id INTEGER PRIMARY KEY, path TEXT NOT NULL, type TEXT NOT NULL, size INTEGER NOT NULL, stored INTEGER, "
		"modified_at INTEGER, accessed_at INTEGER, created_at INTEGER, target TEXT, sha256 BLOB, md5 BLOB, sha1 BLOB, content TEXT, "
		"status TEXT NOT NULL", 14 },
	[TABLE_NOTE] = { "note",
		"id INTEGER PRIMARY KEY, file INTEGER, offset INTEGER, about TEXT NOT NULL, reason TEXT NOT NULL", 5 },
	[TABLE_RUN] = { "run",
		"id INTEGER PRIMARY KEY, file INTEGER NOT NULL, artifact INTEGER NOT NULL, variant INTEGER NOT NULL, source_table TEXT, "
		"rows INTEGER, used INTEGER, omitted INTEGER, records INTEGER NOT NULL, rows_of TEXT NOT NULL, omits TEXT", 11 },
	[TABLE_SOURCE] = { "source",
		"id INTEGER PRIMARY KEY, run INTEGER NOT NULL, app TEXT NOT NULL, account INTEGER, profile TEXT", 5 },
	[TABLE_SELECTOR] = { "selector",
		"id INTEGER PRIMARY KEY, type TEXT NOT NULL, value TEXT NOT NULL, raw TEXT NOT NULL, service TEXT", 5 },
	[TABLE_SELECTOR_USE] = { "selector_use",
		"id INTEGER PRIMARY KEY, selector INTEGER NOT NULL, record TEXT NOT NULL, role TEXT NOT NULL, records INTEGER NOT NULL, "
		"first_at INTEGER, last_at INTEGER", 7 },
	[TABLE_MEDIA_HASH] = { "media_hash",
		"id INTEGER PRIMARY KEY, file INTEGER NOT NULL, frame INTEGER, at REAL, pdq BLOB NOT NULL, quality INTEGER NOT NULL", 6 },
	[TABLE_THUMBNAIL] = { "thumbnail",
		"id INTEGER PRIMARY KEY, file INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, blurred BLOB NOT NULL, clear BLOB NOT NULL", 6 },
	[TABLE_LIST] = { "list",
		"id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL, nature TEXT NOT NULL, country TEXT NOT NULL, source TEXT NOT NULL, "
		"handling TEXT NOT NULL, format TEXT NOT NULL, sha256 TEXT NOT NULL, entries INTEGER NOT NULL", 10 },
	[TABLE_LIST_MATCH] = { "list_match",
		"id INTEGER PRIMARY KEY, file INTEGER NOT NULL, frame INTEGER, list INTEGER NOT NULL, how TEXT NOT NULL, distance INTEGER, quality INTEGER, "
		"category TEXT NOT NULL, media TEXT NOT NULL", 9 },
};

const char *schema_table_name(int table)
{
	return table < TABLE_KINDS ? fixed[table].name : table - TABLE_KINDS < kind_count ? kind_table(&kinds[table - TABLE_KINDS]) : NULL;
}

int exhibit_columns(int table)
{
	if (table < TABLE_KINDS)
		return fixed[table].count;
	const struct kind *k = &kinds[table - TABLE_KINDS];
	int n = RECORD_OWN;
	for (int i = 0; i < kind_columns(k); i++)
		n += k->columns[i].type == COLUMN_PATH ? 2 : 1;
	return n;
}

static const char *storage(enum column_type type)
{
	switch (type) {
	case COLUMN_TEXT:
	case COLUMN_PATH:
	case COLUMN_SELECTORS:
		return "TEXT";
	case COLUMN_REAL:
		return "REAL";
	default:
		return "INTEGER";
	}
}

void schema_create(struct buf *out, int table)
{
	if (table < TABLE_KINDS) {
		buf_printf(out, "CREATE TABLE %s(%s) STRICT;\n", fixed[table].name, fixed[table].columns);
		return;
	}
	const struct kind *k = &kinds[table - TABLE_KINDS];
	buf_printf(out,
		   "CREATE TABLE %s(id INTEGER PRIMARY KEY, origin INTEGER NOT NULL, row INTEGER, state TEXT NOT NULL, "
		   "fate TEXT, confidence REAL, page INTEGER, offset INTEGER, frame INTEGER, reason TEXT",
		   kind_table(k));
	for (int i = 0; i < kind_columns(k); i++) {
		const struct column *c = &k->columns[i];
		buf_printf(out, ", \"%s\" %s", c->name, storage(c->type));
		if (c->type == COLUMN_PATH)
			buf_printf(out, ", \"%s_file\" INTEGER", c->name);
	}
	buf_text(out, ") STRICT;\n");
}

/* Its records are files, not things that mention one. */
static bool kind_is_file(const struct kind *k) { return kind_column(k, "path") >= 0 && k->columns[kind_column(k, "path")].type == COLUMN_PATH; }

static void kind_view(struct buf *out, const struct kind *k)
{
	buf_printf(out, "CREATE VIEW %s AS SELECT t.id, s.app, coalesce(a.value, a.raw) AS account, s.profile, t.state, t.fate, t.confidence", k->plural);
	for (int i = 0; i < kind_columns(k); i++) {
		const struct column *c = &k->columns[i];
		if (c->type == COLUMN_SELECTOR)
			buf_printf(out, ", s%d.value AS \"%s\", s%d.raw AS \"%s_raw\"", i, c->name, i, c->name);
		else if (c->type == COLUMN_PATH)
			buf_printf(out, ", iif(t.\"%s_file\" IN (SELECT file FROM sensitive), 'withheld: on a list of illegal pictures', t.\"%s\") AS \"%s\"", c->name, c->name, c->name);
		else
			buf_printf(out, ", t.\"%s\"", c->name);
		if (c->type == COLUMN_PATH)
			buf_printf(out, ", t.\"%s_file\"", c->name);
	}
	buf_printf(out, ", r.file, f.path AS file_path, lower(hex(f.sha256)) AS file_sha256, r.source_table, t.row, t.page, t.offset, t.frame, t.reason, x.name AS artifact, t.origin\n"
		   "  FROM %s t JOIN source s ON s.id = t.origin JOIN run r ON r.id = s.run JOIN file f ON f.id = r.file\n"
		   "  JOIN artifact x ON x.id = r.artifact LEFT JOIN selector a ON a.id = s.account", kind_table(k));
	for (int i = 0; i < kind_columns(k); i++)
		if (k->columns[i].type == COLUMN_SELECTOR)
			buf_printf(out, "\n  LEFT JOIN selector s%d ON s%d.id = t.\"%s\"", i, i, k->columns[i].name);
	/* Of a picture on a list of illegal ones nothing is told but hash, list and category (view list_matches). */
	if (kind_is_file(k))
		buf_text(out, "\n  WHERE coalesce(t.path_file, r.file) NOT IN (SELECT file FROM sensitive)");
	buf_text(out, ";\n");
}

static void timeline_view(struct buf *out)
{
	buf_text(out, "CREATE VIEW timeline AS\n");
	for (int k = 0, n = 0; k < kind_count; k++) {
		int when = kind_when(&kinds[k]);
		if (when < 0)
			continue;
		const char *title = "NULL", *at = kinds[k].columns[when].name;
		char quoted[80];
		for (int i = 0; i < kind_columns(&kinds[k]); i++)
			if (kinds[k].columns[i].flags & COLUMN_TITLE && kinds[k].columns[i].type != COLUMN_SELECTOR) {
				struct buf q = { 0 };
				buf_printf(&q, "\"%s\"", kinds[k].columns[i].name);
				if (q.size < sizeof quoted) {
					memcpy(quoted, q.data, q.size + 1);
					title = quoted;
				}
				buf_free(&q);
			}
		buf_printf(out, "%s SELECT \"%s\" AS at, '%s' AS kind, id, origin, state, fate, %s AS title FROM %s WHERE \"%s\" IS NOT NULL%s\n",
			   n++ ? " UNION ALL" : "", at, kinds[k].name, title, kind_table(&kinds[k]), at,
			   kind_is_file(&kinds[k]) ? " AND coalesce(path_file, 0) NOT IN (SELECT file FROM sensitive)" : "");
	}
	buf_text(out, ";\n");
}

void schema_views(struct buf *out)
{
	buf_text(out, "CREATE VIEW sensitive AS SELECT DISTINCT m.file FROM list_match m JOIN list l ON l.id = m.list WHERE l.nature = 'illegal';\n"
		      "CREATE VIEW known_good AS SELECT DISTINCT m.file FROM list_match m JOIN list l ON l.id = m.list WHERE l.nature = 'known-good' "
		      "AND m.how <> 'pdq' AND m.file NOT IN (SELECT m.file FROM list_match m JOIN list l ON l.id = m.list WHERE l.nature <> 'known-good');\n");
	for (int k = 0; k < kind_count; k++)
		kind_view(out, &kinds[k]);
	timeline_view(out);
	buf_text(out,
		 "CREATE VIEW files AS SELECT id, path, type, size, modified_at, accessed_at, created_at, target, nullif(lower(hex(sha256)), '') AS sha256, "
		 "nullif(lower(hex(md5)), '') AS md5, nullif(lower(hex(sha1)), '') AS sha1, content, status FROM file;\n"
		 "CREATE VIEW media_hashes AS SELECT h.id, h.file, f.path, lower(hex(f.sha256)) AS sha256, h.frame, h.at, lower(hex(h.pdq)) AS pdq, h.quality "
		 "FROM media_hash h JOIN file f ON f.id = h.file;\n"
		 "CREATE VIEW list_matches AS SELECT m.id, m.file, f.path, lower(hex(f.sha256)) AS sha256, m.frame, l.name AS list, l.version, l.nature, l.country, m.category, "
		 "m.media, m.how, m.distance, (SELECT value FROM exhibit WHERE key = 'list_distance') AS threshold, m.quality, l.handling "
		 "FROM list_match m JOIN list l ON l.id = m.list JOIN file f ON f.id = m.file;\n"
		 "CREATE VIEW coverage AS SELECT x.name AS artifact, f.path AS file, r.source_table, r.rows_of, r.rows, r.used, r.omitted, r.records, r.omits "
		 "FROM run r JOIN artifact x ON x.id = r.artifact JOIN file f ON f.id = r.file;\n");
}

void schema_when_indexes(struct buf *out)
{
	for (int k = 0; k < kind_count; k++) {
		int when = kind_when(&kinds[k]);
		if (when < 0)
			continue;
		const char *name = kinds[k].name, *table = kind_table(&kinds[k]), *at = kinds[k].columns[when].name;
		buf_printf(out, "CREATE INDEX %s_when ON %s(\"%s\");\nCREATE INDEX %s_recovered ON %s(\"%s\") WHERE state <> 'live';\n", name, table, at, name, table, at);
	}
}

void schema_other_indexes(struct buf *out)
{
	buf_text(out, "CREATE INDEX file_path ON file(path);\nCREATE INDEX file_sha256 ON file(sha256);\n"
		      "CREATE INDEX media_hash_file ON media_hash(file);\n"
		      "CREATE INDEX thumbnail_file ON thumbnail(file);\nCREATE INDEX list_match_file ON list_match(file);\n"
		      "CREATE INDEX message_thread ON message_record(thread, sent_at);\nCREATE INDEX message_back ON message_record(thread) WHERE state <> 'live';\n"
		      "CREATE INDEX selector_value ON selector(value, type);\nCREATE INDEX selector_use_selector ON selector_use(selector);\n");
}

void schema_fulltext(struct buf *out, const struct kind *k)
{
	if (!kind_searched(k))
		return;
	buf_printf(out, "CREATE VIRTUAL TABLE %s_fts USING fts5(", k->name);
	for (int i = 0; i < kind_columns(k); i++)
		if (k->columns[i].flags & COLUMN_SEARCHED)
			buf_printf(out, "\"%s\", ", k->columns[i].name);
	buf_printf(out, "content='%s', content_rowid='id', columnsize=0, tokenize=\"unicode61 remove_diacritics 2\");\n", kind_table(k));
}

void exhibit_schema(struct buf *out)
{
	for (int t = 0; t < TABLE_KINDS + kind_count; t++)
		schema_create(out, t);
	schema_when_indexes(out);
	schema_other_indexes(out);
	for (int k = 0; k < kind_count; k++)
		schema_fulltext(out, &kinds[k]);
	schema_views(out);
}
