/* Schema rows become tables, live ones and those of earlier schemas; what rows teach about their columns. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "formats/sqlite_engine.h"

enum { TABLES_MOST = 20000 };

const char *schema_text(struct recover *r, const uint8_t *p, size_t size, size_t *ret_size)
{
	struct buf b = { 0 };
	if (r->encoding == 1)
		buf_scrub(&b, (const char *)p, size);
	else
		buf_utf16(&b, p, size, r->encoding == 3);
	const char *text = arena_copy(&r->arena, b.data ? b.data : "", b.size);
	*ret_size = b.size;
	buf_free(&b);
	return text;
}

static struct table *table_new(struct recover *r)
{
	if (r->table_count >= TABLES_MOST)
		return NULL;
	if (r->table_count == r->table_room) {
		int room = r->table_room ? r->table_room * 2 : 32;
		struct table **more = realloc(r->tables, (size_t)room * sizeof(*more));
		if (!more) {
			r->nomem = true;
			return NULL;
		}
		r->tables = more;
		r->table_room = room;
	}
	struct table *t = arena_new(&r->arena, struct table);
	if (!t)
		r->nomem = true;
	return t;
}

/* Two schemas whose records cannot be told apart. */
static bool same_shape(const struct schema_table *a, const struct schema_table *b)
{
	if (a->count != b->count || a->ipk != b->ipk || a->without_rowid != b->without_rowid || a->stored != b->stored)
		return false;
	for (int i = 0; i < a->count; i++)
		if (a->columns[i].affinity != b->columns[i].affinity || strcasecmp(a->columns[i].name, b->columns[i].name) != 0)
			return false;
	return true;
}

/* Shadow tables of full-text and r-tree indexes: their rows are parts of an index, no rows that a person wrote. */
static bool is_shadow(const struct recover *r, const char *name) /* told once all of the schema is known */
{
	static const char *const tails[] = { "_segments", "_segdir", "_docsize", "_stat", "_data", "_idx", "_config", "_node", "_rowid",
					     "_parent" };
	size_t n = strlen(name);
	for (size_t i = 0; i < sizeof(tails) / sizeof(*tails); i++) {
		size_t m = strlen(tails[i]);
		if (n <= m || strcasecmp(name + n - m, tails[i]) != 0)
			continue;
		for (int j = 0; j < r->table_count; j++) {
			const struct recover_table *v = &r->tables[j]->pub;
			if (v->name && v->sql && strlen(v->name) == n - m && strncasecmp(v->name, name, n - m) == 0 &&
			    strncasecmp(v->sql, "CREATE VIRTUAL", 14) == 0)
				return true;
		}
	}
	return false;
}

int table_add(struct recover *r, const char *sql, size_t size, uint32_t root, bool live)
{
	struct schema_table schema;
	bool is_virtual = size > 20 && strncasecmp(sql, "CREATE VIRTUAL TABLE", 20) == 0;
	if (!schema_read(&r->arena, sql, size, &schema) && !is_virtual)
		return -1;
	for (int i = 0; i < r->table_count && !is_virtual; i++) {
		struct table *t = r->tables[i];
		if (!t->pub.name || strcasecmp(t->pub.name, schema.name) != 0 || !same_shape(&t->pub.schema, &schema))
			continue;
		if (!t->pub.root)
			t->pub.root = root;
		t->pub.live |= live;
		return i;
	}
	struct table *t = table_new(r);
	if (!t)
		return -1;
	if (is_virtual)
		schema = (struct schema_table){ .name = arena_copy(&r->arena, sql + 20, size - 20), .ipk = -1 };
	if (is_virtual && schema.name) { /* its name only, to know its shadow tables by */
		char *name = (char *)schema.name;
		name += strspn(name, " \t\r\n\"'`[");
		name[strcspn(name, " \t\r\n\"'`](")] = 0;
		schema.name = name;
	}
	t->pub = (struct recover_table){ .name = schema.name, .sql = arena_copy(&r->arena, sql, size), .schema = schema, .root = root,
					 .live = live };
	t->stats = arena_array(&r->arena, (size_t)schema.stored + 1, sizeof(*t->stats));
	t->least_columns = UINT32_MAX;
	if (!t->pub.name || !t->pub.sql || !t->stats)
		return -1;
	t->shadow = is_virtual || strncasecmp(t->pub.name, "sqlite_", 7) == 0;
	r->tables[r->table_count++] = t;
	return r->table_count - 1;
}

int table_add_unnamed(struct recover *r, int columns, bool first_null)
{
	for (int i = 0; i < r->table_count; i++) {
		struct table *t = r->tables[i];
		if (!t->pub.sql && t->pub.schema.count == columns && (t->pub.schema.ipk == 0) == first_null && !t->is_schema)
			return i;
	}
	struct table *t = table_new(r);
	if (!t)
		return -1;
	struct schema_table *s = &t->pub.schema;
	s->count = s->stored = columns;
	s->ipk = first_null ? 0 : -1;
	s->columns = arena_array(&r->arena, (size_t)columns, sizeof(*s->columns));
	s->order = arena_array(&r->arena, (size_t)columns, sizeof(*s->order));
	t->stats = arena_array(&r->arena, (size_t)columns + 1, sizeof(*t->stats));
	t->least_columns = UINT32_MAX;
	if (!s->columns || !s->order || !t->stats)
		return -1;
	for (int i = 0; i < columns; i++) {
		char name[16];
		struct buf b = { 0 };
		buf_printf(&b, "c%d", i);
		memcpy(name, b.data ? b.data : "c", b.data ? b.size + 1 : 2);
		buf_free(&b);
		s->columns[i] = (struct schema_column){ .name = arena_copy(&r->arena, name, strlen(name)), .type = "",
							.affinity = AFFINITY_BLOB };
		s->order[i] = i;
	}
	r->tables[r->table_count++] = t;
	return r->table_count - 1;
}

enum err tables_start(struct recover *r)
{
	static const char sql[] = "CREATE TABLE sqlite_schema(type TEXT, name TEXT, tbl_name TEXT, rootpage INTEGER, sql TEXT)";
	int i = table_add(r, sql, sizeof(sql) - 1, 1, true);
	if (i < 0)
		return ERR_NOMEM;
	r->tables[i]->is_schema = true;
	r->tables[i]->shadow = true;
	return OK;
}

void table_learn(struct recover *r, struct table *t, const uint64_t *serials, int count, const uint8_t *body, size_t size)
{
	if ((uint32_t)count < t->least_columns)
		t->least_columns = (uint32_t)count;
	size_t at = 0;
	t->sampled++;
	for (int i = 0; i < count && i < t->pub.schema.stored; i++) {
		struct column_stats *s = &t->stats[i];
		uint64_t n = serial_size(serials[i]);
		if (serials[i] < 10)
			s->serial[serials[i]]++;
		bool there = at + n <= size;
		if (serials[i] == 0) {
			s->nulls++;
		} else if (serial_is_int(serials[i])) {
			int64_t v = there ? serial_integer(serials[i], body + at) : 0;
			if (!s->ints || v < s->low)
				s->low = v;
			if (!s->ints || v > s->high)
				s->high = v;
			s->ints++;
		} else if (serials[i] == 7) {
			s->reals++;
		} else if (serial_is_text(serials[i])) {
			uint32_t m = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
			if (!s->texts || m < s->text_low)
				s->text_low = m;
			if (!s->texts || m > s->text_high)
				s->text_high = m;
			s->texts++;
			if (there && n && r->encoding == 1) {
				s->first[text_end(body[at])]++;
				s->last[text_end(body[at + n - 1])]++;
			}
			if (there && !text_fits(r, body + at, n, true))
				s->strange++;
		} else {
			uint32_t m = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
			if (m > s->text_high)
				s->text_high = m;
			s->blobs++;
		}
		at += n;
	}
}

void tables_settle(struct recover *r)
{
	struct buf names = { 0 };
	int left = 0;
	for (int i = 1; i < r->table_count; i++) {
		struct table *t = r->tables[i];
		if (!t->pub.name || t->shadow || !is_shadow(r, t->pub.name))
			continue;
		t->shadow = true;
		if (!t->pub.live)
			continue;
		if (left++ < 12)
			buf_printf(&names, "%s%.40s", left > 1 ? ", " : "", t->pub.name);
	}
	if (left)
		note_add(r, 0, "%d tables that are parts of full-text or r-tree indexes are left alone: %.180s%s", left, names.data ? names.data : "",
			 left > 12 || names.size > 180 ? " …" : "");
	buf_free(&names);
}
