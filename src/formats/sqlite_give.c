/* Gives rows: their values, how sure they are, and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/sqlite_engine.h"

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

static void texts_settle(struct recover *r, int count)
{
	for (int i = 0; i < count; i++)
		if (r->values[i].type == RECOVER_TEXT && !r->values[i].bytes)
			r->values[i].bytes = r->text.data ? r->text.data + r->values[i].integer : "";
}

/* An index's entry: its columns only. */
static void entry_read(struct recover *r, const struct table *t, const struct index *x, const uint8_t *body, size_t size)
{
	const struct schema_table *s = &t->pub.schema;
	size_t at = 0;
	for (int i = 0; i < s->count; i++)
		r->values[i] = (struct recover_value){ .lost = !s->columns[i].is_virtual };
	buf_clear(&r->text);
	for (int i = 0; i < x->count; i++) {
		struct recover_value *v = &r->values[s->order[x->positions[i]]];
		uint64_t n = serial_size(r->serials[i]);
		*v = (struct recover_value){ 0 };
		if (at + n <= size)
			value_read(r, v, r->serials[i], body + at, n, n);
		else
			v->lost = true;
		at += n;
	}
	texts_settle(r, s->count);
}

static void values_read(struct recover *r, const struct table *t, const struct cell *c, const uint8_t *body, size_t size, const struct patch *patch)
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
		bool behind = n && at >= r->tail; /* what is missing, but not at an end: cell_body() */
		if (behind)
			value_read(r, v, r->serials[i], body + at, n, n);
		else
			value_read(r, v, r->serials[i], body + (at < size ? at : size), n, at < size ? (size - at < n ? size - at : n) : 0);
		v->inferred = (i < c->lost && s->order[i] != s->ipk) || behind;
		at += n;
	}
	if (patch && !patch->torn) {
		struct recover_value *v = &r->values[s->order[patch->position]];
		*v = (struct recover_value){ .inferred = true };
		value_read(r, v, patch->serial, patch->bytes, patch->size, patch->size);
	}
	texts_settle(r, s->count);
}

/* From `low` to `high`, as the evidence grows to `enough` bits. */
static double grows(double low, double high, double bits, double enough)
{
	return low + (high - low) * (bits <= 0 ? 0 : bits >= enough ? 1 : bits / enough);
}

/* How often rows like this one were right in tests: docs/recovery.md, tests/unit/recover_random.py. */
static double confidence_of(const struct candidate *f)
{
	double c = 0.99;
	if (f->cell.doubt == 2)
		c = grows(0.6, 0.85, f->bits, 16);
	else if (f->cell.doubt)
		c = grows(0.7, 0.95, f->bits, 16);
	else if (f->cell.damaged)
		c = grows(0.6, 0.97, f->bits, 24);
	else if (f->context != REGION_CELL)
		c = grows(0.88, 0.98, f->bits, 40);
	if (!f->whole && (!f->patch || f->patch->torn))
		c *= 0.8;
	if (f->also >= 0)
		c *= 0.9;
	return f->confirmed ? c + (1 - c) / 2 : c;
}

static void reason_of(const struct recover *r, const struct candidate *f, char *to, size_t size)
{
	if (f->index) {
		const char *name = r->indexes[f->index - 1].schema.name;
		snprintf(to, size, "an entry of the index %.100s, whose row is gone", name ? name : "?");
		return;
	}
	bool filled = f->patch && !f->patch->torn;
	char broken[100] = "";
	if (!f->whole && f->cell.cut)
		snprintf(broken, sizeof(broken), ", its end overwritten");
	else if (!f->whole) /* r->stop: the row's body was just read */
		snprintf(broken, sizeof(broken), ", its overflow chain broken: page %u %s%s", r->stop_page, chain_stop_name(r->stop),
			 r->tail < f->cell.payload - f->cell.header ? ", and goes on behind it" : "");
	snprintf(to, size, "%s%s%s%s%s%s, %.0f bits of evidence%s; found in %u place%s",
		 !f->cell.damaged ? "cell whole" : f->cell.lost ? "first 4 bytes overwritten, serial types concluded" :
								  "first 4 bytes overwritten, record header read without them",
		 f->cell.doubt == 2 ? ", division of the first two columns concluded" : "",
		 broken,
		 f->also >= 0 ? ", two tables fit alike" : "",
		 f->cell.rowid_inferred ? ", rowid from an index entry" : f->confirmed ? ", an index entry has the same" : "",
		 filled ? ", last column from an index entry" : "", f->bits > 0 ? (double)f->bits : 0.0,
		 f->context == REGION_CELL ? "" : f->context == REGION_CHAIN ? ", in a block that its page freed" : ", in space no longer in use",
		 f->origins, f->origins == 1 ? "" : "s");
}

/* Gives the row of cell `c` in r->page; `row` says already what is known of it beside its values and place. */
static enum err row_give(struct recover *r, struct recover_row *row, const struct table *t, const struct cell *c, uint32_t page, uint32_t version,
			 const uint8_t *body, size_t size, const struct candidate *f, recover_row_fn *fn, void *context)
{
	const struct version *v = version == VERSION_DB ? NULL : &r->versions[version];
	int alias = t->pub.schema.ipk;
	if (f && f->index)
		entry_read(r, t, &r->indexes[f->index - 1], body, size);
	else
		values_read(r, t, c, body, size, f ? f->patch : NULL);
	if (alias >= 0)
		r->values[alias] = (struct recover_value){ .type = c->rowid_known ? RECOVER_INT : RECOVER_NULL, .integer = c->rowid,
							   .lost = !c->rowid_known, .inferred = c->rowid_inferred };
	row->rowid_inferred = c->rowid_inferred;
	row->table = &t->pub;
	row->rowid_known = c->rowid_known;
	row->rowid = c->rowid;
	row->values = r->values;
	row->count = t->pub.schema.count;
	row->file = v ? v->file : RECOVER_IN_DB;
	row->page = page;
	row->offset = history_offset(r, page, version) + c->at;
	row->frame = v ? v->frame : 0;
	row->sequence = v ? (v->age > r->db_age ? UINT32_MAX / 2 + v->frame : v->frame) : UINT32_MAX / 2;
	return fn(context, row);
}

/* Live rows of one page. Cells that cannot be read were noted when the tree was walked. */
static enum err page_give(struct recover *r, uint32_t page, recover_row_fn *fn, void *context)
{
	const struct table *t = r->tables[r->owner[page]];
	uint32_t version = history_live(r, page);
	struct page_header h;
	if (!history_read(r, page, version, r->page) || !page_header_read(r->page, r->usable, 0, &h) || h.type == PAGE_TABLE_INTERIOR)
		return OK;
	bool rowid = h.type == PAGE_TABLE_LEAF;
	for (uint32_t i = 0; i < h.cells; i++) {
		struct cell c;
		uint32_t at = be16_at(r->page + h.pointers + 2 * i);
		if (at < h.content || at + 4 > r->usable)
			continue;
		if (!cell_read(r, r->page, at + (h.type == PAGE_INDEX_INTERIOR ? 4 : 0), r->usable, rowid, rowid, &c) || c.cut)
			continue;
		size_t size;
		const uint8_t *body = cell_body(r, r->page, &c, page, version, CHAIN_LIVE, r->owner[page], &size);
		bool whole = size == c.payload - c.header;
		struct recover_row row = { .state = RECOVER_LIVE, .fate = RECOVER_UNSURE, .confidence = 1, .origins = 1,
					   .reason = whole ? "live row" : "live row, its overflow chain broken" };
		enum err e = row_give(r, &row, t, &c, page, version, body, size, NULL, fn, context);
		if (e < 0)
			return e;
	}
	return OK;
}

static enum err live_give(struct recover *r, const struct recover_table *only, recover_row_fn *fn, void *context)
{
	enum err e = OK;
	for (uint32_t page = 2; page <= r->page_count && e >= 0; page++)
		if (r->use[page] == PAGE_USE_TABLE && r->owner[page] > 0 && !r->tables[r->owner[page]]->shadow &&
		    (!only || only == &r->tables[r->owner[page]]->pub))
			e = page_give(r, page, fn, context);
	return e;
}

enum err recover_rows(struct recover *r, const struct recover_table *only, recover_row_fn *fn, void *context)
{
	uint32_t page = 0, version = 0;
	enum err e = r->limits.with_live ? live_give(r, only, fn, context) : OK;
	for (uint32_t i = 0; i < r->found_count && e >= 0; i++) {
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
		char reason[400];
		const uint8_t *body = cell_body(r, r->page, &f->cell, page, version, CHAIN_OLD, f->table, &size);
		reason_of(r, f, reason, sizeof(reason));
		struct recover_row row = { .also = f->also >= 0 ? &r->tables[f->also]->pub : NULL, .state = f->state, .fate = f->fate,
					   .confidence = confidence_of(f), .reason = reason, .origins = f->origins };
		e = row_give(r, &row, t, &f->cell, page, version, body, size, f, fn, context);
	}
	return e < 0 ? e : OK;
}
