/* The public face: opens, and gives the rows that were found. */
#include "formats/sqlite_recover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/sqlite_engine.h"

enum err recover_open(struct sqlite_input db, struct sqlite_input wal, struct sqlite_input journal,
		      const struct recover_limits *limits, sqlite_note_fn *note, void *note_context, struct recover **ret)
{
	struct recover *r = calloc(1, sizeof(*r));
	if (!r)
		return ERR_NOMEM;
	r->db = db;
	r->wal = wal;
	r->journal = journal;
	if (limits)
		r->limits = *limits;
	if (!r->limits.memory)
		r->limits.memory = 1ull << 30;
	if (!r->limits.candidates)
		r->limits.candidates = 20000000;
	r->note = note;
	r->note_context = note_context;
	r->arena = arena_make((size_t)r->limits.memory / 4);
	enum err e = history_load(r);
	if (!e)
		e = tables_start(r);
	if (!e)
		e = trees_walk(r);
	if (!e)
		e = scan_all(r);
	if (!e)
		e = settle_all(r);
	if (e) {
		recover_free(r);
		return e;
	}
	*ret = r;
	return OK;
}

void recover_free(struct recover *r)
{
	if (!r)
		return;
	for (int i = 0; i < r->table_count; i++)
		free(r->tables[i]->rowids.at);
	free(r->versions);
	free(r->window);
	free(r->quiet);
	free(r->use);
	free(r->owner);
	free(r->tables);
	free(r->trees);
	free(r->live_rows.slots);
	free(r->live_keys.slots);
	free(r->slack);
	free(r->index);
	free(r->found);
	free(r->page);
	free(r->payload);
	buf_free(&r->text);
	arena_free(&r->arena);
	free(r);
}

/* Table 0 is the schema itself, which is no table of rows to show. */
int recover_tables(const struct recover *r) { return r->table_count - 1; }

const struct recover_table *recover_table_at(const struct recover *r, int i)
{
	return i >= 0 && i < r->table_count - 1 ? &r->tables[i + 1]->pub : NULL;
}

uint32_t recover_page_size(const struct recover *r) { return r->page_size; }
uint32_t recover_page_count(const struct recover *r) { return r->page_count; }

enum recover_page recover_page_use(const struct recover *r, uint32_t page, const struct recover_table **ret_table)
{
	bool there = page >= 1 && page <= r->page_count;
	*ret_table = there && r->owner[page] >= 0 ? &r->tables[r->owner[page]]->pub : NULL;
	return there ? (enum recover_page)r->use[page] : PAGE_USE_UNKNOWN;
}

const char *recover_state_name(enum recover_state s)
{
	static const char *const names[] = { "live", "wal-old", "free-page", "free-block", "unallocated", "journal", "index-only" };
	return names[s];
}

const char *recover_fate_name(enum recover_fate f)
{
	static const char *const names[] = { "deleted", "earlier", "unsure" };
	return names[f];
}

/* One column's content. Text goes through r->text where it is no UTF-8 as it stands: `bytes` is set when all columns are read. */
static void value_read(struct recover *r, struct recover_value *v, uint64_t serial, const uint8_t *p, uint64_t n, uint64_t there)
{
	if (there < n) {
		v->cut = there > 0 && serial >= 12;
		v->lost = !v->cut;
		if (v->lost)
			return;
		n = there;
	}
	if (serial_is_int(serial)) {
		v->type = RECOVER_INT;
		v->integer = serial_integer(serial, p);
	} else if (serial == 7) {
		v->type = RECOVER_REAL;
		v->real = serial_real(p);
	} else if (serial_is_text(serial)) {
		v->type = RECOVER_TEXT;
		v->bytes = (const char *)p;
		v->size = (size_t)n;
		size_t valid = r->encoding == 1 ? utf8_valid(p, (size_t)n) : 0;
		if (r->encoding == 1 && v->cut && n - valid < 4) {
			v->size = valid;
		} else if (valid < n) {
			size_t before = r->text.size;
			if (r->encoding == 1)
				buf_scrub(&r->text, (const char *)p, (size_t)n);
			else
				buf_utf16(&r->text, p, (size_t)n, r->encoding == 3);
			v->bytes = NULL;
			v->integer = (int64_t)before;
			v->size = r->text.size - before;
		}
	} else if (serial_is_blob(serial)) {
		v->type = RECOVER_BLOB;
		v->bytes = (const char *)p;
		v->size = (size_t)n;
	}
}

/* The value that a column's DEFAULT gives to records older than it. */
static void value_initial(struct recover_value *v, const struct schema_column *c)
{
	v->absent = true;
	const char *s = c->initial;
	if (!s || !*s)
		return;
	char *end;
	size_t n = strlen(s);
	if (*s == '\'' && n >= 2) {
		v->type = RECOVER_TEXT;
		v->bytes = s + 1;
		v->size = n - 2;
		return;
	}
	long long i = strtoll(s, &end, 10);
	if (!*end) {
		v->type = RECOVER_INT;
		v->integer = i;
		return;
	}
	double d = strtod(s, &end);
	if (!*end) {
		v->type = RECOVER_REAL;
		v->real = d;
	}
}

static void values_read(struct recover *r, const struct table *t, const struct cell *c, const uint8_t *body, size_t size)
{
	const struct schema_table *s = &t->pub.schema;
	uint64_t at = 0;
	memset(r->values, 0, (size_t)s->count * sizeof(*r->values));
	buf_clear(&r->text);
	for (int i = 0; i < s->stored; i++) {
		struct recover_value *v = &r->values[s->order[i]];
		if (i >= c->columns) {
			value_initial(v, &s->columns[s->order[i]]);
			continue;
		}
		uint64_t n = serial_size(r->serials[i]);
		value_read(r, v, r->serials[i], body + (at < size ? at : size), n, at < size ? (size - at < n ? size - at : n) : 0);
		v->inferred = i < c->lost && s->order[i] != s->ipk;
		at += n;
	}
	for (int i = 0; i < s->count; i++)
		if (r->values[i].type == RECOVER_TEXT && !r->values[i].bytes)
			r->values[i].bytes = r->text.data ? r->text.data + r->values[i].integer : "";
	if (s->ipk >= 0) {
		struct recover_value *v = &r->values[s->ipk];
		*v = (struct recover_value){ .type = c->rowid_known ? RECOVER_INT : RECOVER_NULL, .integer = c->rowid,
					     .lost = !c->rowid_known };
	}
}

static double confidence_of(const struct candidate *f)
{
	double c = f->cell.damaged ? 0.9 : 0.99;
	if (!f->cell.damaged && (f->state == RECOVER_UNALLOCATED || f->state == RECOVER_FREE_BLOCK))
		c = 0.97;
	if (f->cell.doubt == 1)
		c = 0.75;
	if (f->cell.doubt == 2)
		c = 0.5;
	if (!f->whole)
		c *= 0.7;
	if (f->also >= 0)
		c *= 0.9;
	return c * (0.6 + 0.4 * (f->fit > 1 ? 1 : (double)f->fit));
}

static void reason_of(const struct candidate *f, char *to, size_t size)
{
	snprintf(to, size, "%s%s%s%s; found in %u place%s",
		 !f->cell.damaged ? "cell whole" : f->cell.lost ? "first 4 bytes overwritten, serial types concluded" :
								  "first 4 bytes overwritten, record header read without them",
		 f->cell.doubt == 2 ? ", division of the first two columns concluded" : "",
		 f->whole ? "" : f->cell.cut ? ", its end overwritten" : ", its overflow chain broken",
		 f->also >= 0 ? ", two tables fit alike" : "", f->origins, f->origins == 1 ? "" : "s");
}

enum err recover_rows(struct recover *r, const struct recover_table *only, recover_row_fn *fn, void *context)
{
	uint32_t page = 0, version = 0;
	for (uint32_t i = 0; i < r->found_count; i++) {
		const struct candidate *f = &r->found[i];
		const struct table *t = r->tables[f->table];
		if (f->dropped || (only && only != &t->pub))
			continue;
		if (f->page != page || f->version != version) {
			page = f->page;
			version = f->version;
			if (!history_read(r, page, version, r->page))
				continue;
		}
		if (!cell_serials(r, r->page, &f->cell))
			continue;
		size_t size;
		char reason[200];
		const uint8_t *body = cell_body(r, r->page, &f->cell, page, version, false, f->table, &size);
		const struct version *v = version == VERSION_DB ? NULL : &r->versions[version];
		values_read(r, t, &f->cell, body, size);
		reason_of(f, reason, sizeof(reason));
		struct recover_row row = {
			.table = &t->pub, .also = f->also >= 0 ? &r->tables[f->also]->pub : NULL, .rowid_known = f->cell.rowid_known,
			.rowid = f->cell.rowid, .values = r->values, .count = t->pub.schema.count, .state = f->state, .fate = f->fate,
			.confidence = confidence_of(f), .reason = reason, .file = v ? v->file : RECOVER_IN_DB, .page = page,
			.offset = history_offset(r, page, version) + f->cell.at, .frame = v ? v->frame : 0,
			.sequence = v ? (v->age > r->db_age ? UINT32_MAX / 2 + v->frame : v->frame) : UINT32_MAX / 2, .origins = f->origins,
		};
		enum err e = fn(context, &row);
		if (e < 0)
			return e;
	}
	return OK;
}
