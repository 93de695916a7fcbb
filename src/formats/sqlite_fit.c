/* Does a record fit a table? Judged by what SQLite could have stored there, then by what the table's other rows look like. */
#include <string.h>

#include "base/text.h"
#include "formats/sqlite_engine.h"

enum { SAMPLED_ENOUGH = 12 };

/* Text as people and programs write it: sound encoding, no control characters. `whole` false: the last character may be cut. */
bool text_fits(const struct recover *r, const uint8_t *p, size_t size, bool whole)
{
	if (r->encoding == 1) {
		for (size_t i = 0; i < size; i++)
			if ((p[i] < 0x20 && p[i] != '\n' && p[i] != '\t' && p[i] != '\r') || p[i] == 0x7f)
				return false;
		size_t valid = utf8_valid(p, size);
		return valid == size || (!whole && size - valid < 4);
	}
	if (size % 2 && whole)
		return false;
	bool big = r->encoding == 3, high = false;
	size_t shifted = 0;
	for (size_t i = 0; i + 1 < size; i += 2) {
		uint32_t c = big ? be16_at(p + i) : (uint32_t)p[i + 1] << 8 | p[i];
		shifted += c >= 0x2000 && !(c & 0xff);
		if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f || c >= 0xfffe)
			return false;
		bool low = c >= 0xdc00 && c < 0xe000;
		if (low != high)
			return false;
		high = c >= 0xd800 && c < 0xdc00;
	}
	/* Latin text read one byte too early or too late looks like Chinese of rare characters. */
	return (!high || !whole) && shifted * 3 <= size / 2;
}

/* What the declared type allows; 0: SQLite would never have stored it so. */
static double affinity_fit(enum affinity a, uint64_t serial)
{
	bool number = serial_is_int(serial) || serial == 7;
	if (serial == 0)
		return 1;
	switch (a) {
	case AFFINITY_TEXT:
		return number ? 0 : serial_is_text(serial) ? 1 : 0.6;
	case AFFINITY_INTEGER:
	case AFFINITY_NUMERIC:
		return serial_is_int(serial) ? 1 : serial == 7 ? 0.8 : 0.4;
	case AFFINITY_REAL:
		return number ? 1 : 0.3;
	case AFFINITY_BLOB:
	default:
		return 1;
	}
}

static uint32_t seen_of_class(const struct column_stats *s, uint64_t serial)
{
	return serial == 0 ? s->nulls : serial_is_int(serial) ? s->ints : serial == 7 ? s->reals : serial_is_text(serial) ? s->texts : s->blobs;
}

static double content_fit(const struct recover *r, const struct column_stats *s, uint64_t serial, const uint8_t *p, size_t n, bool whole)
{
	if (serial_is_text(serial))
		return text_fits(r, p, n, whole) || s->strange ? 1 : 0.05;
	if (!whole)
		return 1;
	if (serial_is_int(serial) && s->ints >= SAMPLED_ENOUGH && !r->any_number) {
		int64_t v = serial_integer(serial, p);
		double low = (double)s->low, high = (double)s->high, span = high - low + 16;
		if ((double)v < low - 4 * span || (double)v > high + 4 * span)
			return 0.6;
	}
	if (serial == 7) {
		double d = serial_real(p);
		if (d != d)
			return 0; /* a NaN is stored as NULL */
		double m = d < 0 ? -d : d;
		return d == 0 || (m > 1e-30 && m < 1e30) ? 1 : 0.3;
	}
	return 1;
}

/* The schema's rows say what they are: nothing else is one. */
static bool schema_type(const struct recover *r, const uint8_t *p, size_t size)
{
	static const char *const types[] = { "table", "index", "view", "trigger" };
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		size_t n = strlen(types[i]), step = r->encoding == 1 ? 1 : 2, j = 0;
		if (r->serials[0] != 13 + 2 * n * step || size < n * step)
			continue;
		while (j < n && p[j * step + (r->encoding == 3)] == (uint8_t)types[i][j])
			j++;
		if (j == n)
			return true;
	}
	return false;
}

double fit_table(struct recover *r, const struct table *t, int count, const uint8_t *body, size_t size)
{
	const struct schema_table *s = &t->pub.schema;
	if (count > s->stored || count < 1)
		return 0;
	if (t->is_schema && !schema_type(r, body, size))
		return 0;
	double fit = 1;
	if (count < s->stored) { /* older than a column that ALTER TABLE added */
		for (int i = count; i < s->stored; i++)
			if (s->columns[s->order[i]].not_null && !s->columns[s->order[i]].initial)
				return 0;
		if (t->least_columns > (uint32_t)count)
			fit *= t->sampled ? 0.3 : 0.6;
		fit *= 0.96; /* a table with just as many columns is likelier */
	}
	size_t at = 0;
	for (int i = 0; i < count; i++) {
		const struct schema_column *c = &s->columns[s->order[i]];
		const struct column_stats *st = &t->stats[i];
		uint64_t serial = r->serials[i], n = serial_size(serial);
		if (s->order[i] == s->ipk) {
			if (serial != 0)
				return 0;
			continue;
		}
		if (serial == 0 && c->not_null)
			return 0;
		double f = affinity_fit(c->affinity, serial);
		if (f == 0)
			return 0;
		uint32_t seen = seen_of_class(st, serial);
		if (seen)
			f = 1;
		else if (t->sampled >= SAMPLED_ENOUGH)
			f *= 0.5;
		if (at < size) {
			size_t there = n < size - at ? (size_t)n : size - at;
			f *= content_fit(r, st, serial, body + at, there, there == n);
		}
		at += n;
		fit *= f;
		if (fit == 0)
			return 0;
	}
	return fit;
}

/* Was the page under work this table's before? */
static bool was_before(const struct recover *r, int table)
{
	for (int i = 0; i < r->before_count; i++)
		if (r->before[i] == table)
			return true;
	return false;
}

int fit_best(struct recover *r, int count, bool with_rowid, const uint8_t *body, size_t size, int owner, double *ret_fit, int *ret_also)
{
	int best = -1, also = -1, rival = -1;
	double best_fit = 0, plain = 0, rival_fit = 0;
	for (int i = 0; i < r->table_count; i++) {
		const struct table *t = r->tables[i];
		if (t->pub.schema.without_rowid == with_rowid || count > t->pub.schema.stored || !table_allowed(r, i))
			continue;
		double fit = fit_table(r, t, count, body, size);
		if (fit <= 0)
			continue;
		double own = fit;
		if (best >= 0 && fit <= best_fit * 1.001 && r->tables[best]->pub.live && t->pub.name && r->tables[best]->pub.name &&
		    strcmp(t->pub.name, r->tables[best]->pub.name) == 0)
			continue; /* an earlier schema of the same table */
		bool its = i == owner || (r->context == REGION_GAP && was_before(r, i));
		if (i != owner && fit > rival_fit && !t->shadow) {
			rival = i;
			rival_fit = fit;
		}
		if (its)
			fit *= 3; /* the page is, or was, this table's */
		else if (t->shadow && !t->is_schema)
			fit *= 0.4; /* few rows, loose types: fits much by chance */
		if (fit > best_fit * 1.001) {
			also = -1;
			best = i;
			plain = own;
			best_fit = fit;
		} else if (fit > best_fit * 0.999 && also < 0) {
			also = i;
		}
	}
	/* What lies between pointers and cells can be from before the page was this table's: then another that fits as well is named, too. */
	if (r->context == REGION_GAP && best == owner && best >= 0 && rival_fit >= plain * 0.999)
		also = rival;
	*ret_fit = plain;
	*ret_also = also;
	return best;
}
