/* How much do the bytes that stand speak for a row, rather than for chance?
 *
 * In bits: the logarithm of how much likelier these bytes are as a row of the table than as bytes of something else.  Serial types that the
 * table's other rows have, numbers in the range that they have, text that reads as text count for it; what other rows never have counts
 * against it.  A record of many columns proves itself; two bytes of a small table prove nothing.
 */
#include <math.h>
#include <string.h>

#include "formats/sqlite_engine.h"

#define MOST_NUMBER 20 /* one number proves no more than this */
#define MOST_TEXT 16
#define RANDOM_SMALL 4 /* bits of a byte that is a small serial type: small bytes are common everywhere */
#define RANDOM_OTHER 7

/* How much a text reads like one; negative: like none. */
static double text_bits(const struct recover *r, const uint8_t *p, size_t n, bool whole, bool strange)
{
	double bits = 0;
	if (!text_fits(r, p, n, whole))
		return strange ? -2 : -12;
	if (r->encoding != 1) {
		unsigned last = 0;
		for (size_t i = 0; i + 1 < n && i < 80; i += 2) {
			unsigned high = r->encoding == 3 ? p[i] : p[i + 1];
			bool cjk = high >= 0x4e && high <= 0x9f, was = last >= 0x4e && last <= 0x9f;
			bits += high == 0 ? 1 : (i && (high == last || (cjk && was))) ? 0.5 : high >= 0xd8 && high < 0xe0 ? 0 : -1;
			last = high;
		}
	} else {
		for (size_t i = 0; i < n && i < 40; i++) {
			uint8_t b = p[i];
			bool usual = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == ' ' || b >= 0x80;
			bits += usual ? 0.7 : 0.2;
		}
	}
	return bits > MOST_TEXT ? MOST_TEXT : bits < -12 ? -12 : bits;
}

/* A number against the range that other rows have. */
static double number_bits(double v, double low, double high, double size)
{
	double range = (high - low) * 1.5 + 16, away = v < low ? low - v : v > high ? v - high : 0;
	double bits = size - log2(range);
	if (away > range)
		return -5 - log2(away / range);
	if (bits < 0)
		bits = 0;
	return bits > MOST_NUMBER ? MOST_NUMBER : bits;
}

/* The chance of a serial type in a column. */
static double serial_chance(const struct table *t, int i, uint64_t serial)
{
	const struct column_stats *s = &t->stats[i];
	const struct schema_column *c = t->pub.schema.columns ? &t->pub.schema.columns[t->pub.schema.order[i]] : NULL;
	double all = t->sampled + 3.0, own = 0.1;
	if (c && t->sampled < 12) { /* the declared type speaks until rows do */
		bool number = c->affinity == AFFINITY_INTEGER || c->affinity == AFFINITY_NUMERIC || c->affinity == AFFINITY_REAL;
		bool usual = serial == 0 || (number && serial < 10 && (serial != 7 || c->affinity == AFFINITY_REAL)) ||
			     (c->affinity == AFFINITY_TEXT && serial_is_text(serial)) || c->affinity == AFFINITY_BLOB;
		own = usual ? 0.5 : 0.02;
	} else if (t->sampled >= 12) {
		own = 0.02;
	}
	if (serial < 10)
		return (s->serial[serial] + 3 * own * 0.3) / all;
	uint64_t n = serial_size(serial);
	bool text = serial_is_text(serial);
	double seen = text ? s->texts : s->blobs;
	/* Lengths in the range that others have, and some more. */
	double low = text && s->texts ? s->text_low : 0, high = seen > 0 ? s->text_high : 100, span = (high - low) + 8 + 60 / (seen + 1);
	double length = (double)n >= low - span && (double)n <= high + span ? 1 / span : 0.05 / ((double)n + 1);
	return (seen + 3 * own) / all * length;
}

double row_bits(struct recover *r, const struct table *t, const struct cell *c, const uint8_t *body, size_t size)
{
	const struct schema_table *schema = &t->pub.schema;
	double bits = 0;
	size_t at = 0;
	if (!c->damaged) { /* sizes of payload and header stand and agree */
		bits += RANDOM_OTHER * (1 + varint_size(c->payload));
		if (c->rowid_known && t->rowids.count) {
			runs_has((struct runs *)&t->rowids, 0); /* sorts them */
			double high = (double)t->rowids.at[t->rowids.count - 1].high, low = (double)t->rowids.at[0].low;
			bits += number_bits((double)c->rowid, low < 0 ? low : 1, high, 7.0 * varint_size((uint64_t)c->rowid));
		}
	} else if (!c->lost) {
		bits += RANDOM_OTHER;
	}
	for (int i = 0; i < c->columns; i++) {
		const struct column_stats *s = &t->stats[i];
		uint64_t serial = r->serials[i], n = serial_size(serial), there = at < size ? (n < size - at ? n : size - at) : 0;
		bool alias = schema->columns && schema->order[i] == schema->ipk;
		double chance = alias ? 1 : serial_chance(t, i, serial);
		bits += log2(chance < 1e-6 ? 1e-6 : chance);
		if (i >= c->lost)
			bits += serial < 10 ? RANDOM_SMALL : RANDOM_OTHER * varint_size(serial);
		if (there && serial_is_text(serial)) {
			bits += text_bits(r, body + at, there, there == n, s->strange);
			if (r->encoding == 1 && s->texts >= 8) {
				bits += log2((s->first[text_end(body[at])] + 0.2) / (s->texts + 0.8) * 2.5);
				if (there == n)
					bits += log2((s->last[text_end(body[at + n - 1])] + 0.2) / (s->texts + 0.8) * 2.5);
			}
		}
		if (n && there == n && serial_is_int(serial) && s->ints)
			bits += number_bits((double)serial_integer(serial, body + at), (double)s->low, (double)s->high, 8.0 * (double)n);
		else if (n && there == n && serial == 7) {
			double d = serial_real(body + at), m = d < 0 ? -d : d;
			bits += m > 1e-8 && m < 1e13 ? 4 : m == 0 ? 0 : -6;
		}
		at += n;
	}
	return at ? bits : bits - 10; /* without any content: a few small bytes */
}
