/* Lists as CSV (RFC 4180, and with semicolons): ThreatExchange's and ICSE's. */
#include <stdio.h>
#include <string.h>

#include "match/list_parse.h"

enum { COLUMNS_MOST = 64, FIELD_MOST = 64 << 10 };

struct csv {
	struct list_in *in;
	char separator;
	struct buf fields[COLUMNS_MOST];
	int count;
};

static void csv_free(struct csv *c)
{
	for (int i = 0; i < COLUMNS_MOST; i++)
		buf_free(&c->fields[i]);
}

static void field_add(struct buf *b, int c)
{
	if (b->size < FIELD_MOST)
		buf_char(b, (char)c);
}

/* One field; *ret_last: it was the row's last. */
static enum err field_take(struct csv *c, struct buf *b, bool *ret_last)
{
	struct list_in *in = c->in;
	int x = list_in_peek(in);
	buf_clear(b);
	buf_add(b, "", 0);
	if (x == '"') {
		for (list_in_take(in); (x = list_in_take(in)) != '"' || list_in_peek(in) == '"';) {
			if (x < 0)
				return list_in_bad(in, ERR_TRUNCATED, "the file ends within quotes");
			if (x == '"')
				list_in_take(in);
			field_add(b, x);
		}
		x = list_in_peek(in);
		if (x >= 0 && x != c->separator && x != '\r' && x != '\n')
			return list_in_bad(in, ERR_FORMAT, "something stands behind a field in quotes");
	} else {
		while ((x = list_in_peek(in)) >= 0 && x != c->separator && x != '\n' && x != '\r')
			field_add(b, list_in_take(in));
	}
	if (list_in_peek(in) == '\r')
		list_in_take(in);
	x = list_in_take(in);
	if (x >= 0 && x != c->separator && x != '\n')
		return list_in_bad(in, ERR_FORMAT, "a carriage return within a line");
	*ret_last = x != c->separator;
	return b->failed ? ERR_NOMEM : OK;
}

/* The next row that is not empty; no fields: the end. */
static enum err row_take(struct csv *c)
{
	bool last = false;
	do {
		list_in_row(c->in);
		c->count = 0;
		if (list_in_peek(c->in) < 0)
			return c->in->failed;
		do {
			if (c->count == COLUMNS_MOST)
				return list_in_bad(c->in, ERR_FORMAT, "more than %d columns", COLUMNS_MOST);
			enum err e = field_take(c, &c->fields[c->count++], &last);
			if (e)
				return e;
		} while (!last);
	} while (c->count == 1 && !c->fields[0].size);
	return OK;
}

/* Where the column of that name is, or -1. */
static int column_of(const struct csv *c, const char *name)
{
	for (int i = 0; i < c->count; i++)
		if (list_word_is(c->fields[i].data, c->fields[i].size, name))
			return i;
	return -1;
}

static void word_put(struct list_making *m, struct list_sink *sink, enum list_word word, const struct csv *c, int column)
{
	if (column >= 0 && c->fields[column].size)
		list_making_word(m, sink, word, c->fields[column].data, c->fields[column].size);
}

static enum err hash_put(struct list_making *m, enum list_kind kind, const struct csv *c, int column)
{
	char why[LIST_WHY];
	const struct buf *b = &c->fields[column];
	return list_making_hash(m, kind, b->data ? b->data : "", b->size, why) ? OK : list_in_bad(c->in, ERR_FORMAT, "%s", why);
}

static enum err rows_take(struct csv *c, struct list_sink *sink, enum err (*row)(struct csv *c, struct list_sink *sink, struct list_making *m, const int *columns), const int *columns)
{
	struct list_making m = { 0 };
	int count = c->count;
	enum err e = OK;
	list_making_clear(&m);
	while (!e && !(e = row_take(c)) && c->count) {
		if (c->count != count)
			e = list_in_bad(c->in, c->count < count && list_in_peek(c->in) < 0 ? ERR_TRUNCATED : ERR_FORMAT, "%d columns, not %d", c->count, count);
		else
			e = row(c, sink, &m, columns);
	}
	list_making_free(&m);
	return e;
}

/* --- ThreatExchange: signal_type,signal_str,collab,category,tags --- */

enum { TX_TYPE, TX_SIGNAL, TX_COLLAB, TX_CATEGORY, TX_TAGS, TX_COLUMNS };

static enum err threatexchange_row(struct csv *c, struct list_sink *sink, struct list_making *m, const int *columns)
{
	static const struct {
		const char *name;
		enum list_kind kind;
		unsigned flags;
	} types[] = { { "pdq", LIST_PDQ, 0 }, { "md5", LIST_MD5, 0 }, { "video_md5", LIST_MD5, LIST_VIDEO }, { "sha1", LIST_SHA1, 0 }, { "sha256", LIST_SHA256, 0 }, { "photodna", LIST_PHOTODNA, 0 } };
	const struct buf *type = &c->fields[columns[TX_TYPE]], *signal = &c->fields[columns[TX_SIGNAL]];
	size_t i = 0;
	while (i < sizeof types / sizeof *types && !list_word_is(type->data, type->size, types[i].name))
		i++;
	if (!type->size)
		return list_in_bad(c->in, ERR_FORMAT, "a signal without a type");
	if (i == sizeof types / sizeof *types) {
		list_making_foreign(sink, type->data, type->size);
		return OK;
	}
	enum err e = OK;
	if (!signal->size)
		return list_in_bad(c->in, ERR_FORMAT, "a %s signal without a hash", types[i].name);
	if (types[i].kind == LIST_PHOTODNA)
		list_making_photodna(m, sink, signal->data, signal->size);
	else
		e = hash_put(m, types[i].kind, c, columns[TX_SIGNAL]);
	if (e)
		return e;
	m->record.flags |= types[i].flags;
	word_put(m, sink, LIST_SERIES, c, columns[TX_COLLAB]);
	word_put(m, sink, LIST_CATEGORY, c, columns[TX_CATEGORY]);
	word_put(m, sink, LIST_TAGS, c, columns[TX_TAGS]);
	return list_making_done(m, sink);
}

enum err list_parse_threatexchange(struct list_in *in, struct list_sink *sink)
{
	struct csv c = { .in = in, .separator = ',' };
	list_in_bom(in);
	enum err e = row_take(&c);
	const int columns[TX_COLUMNS] = { column_of(&c, "signal_type"), column_of(&c, "signal_str"), column_of(&c, "collab"), column_of(&c, "category"), column_of(&c, "tags") };
	if (!e && (columns[TX_TYPE] < 0 || columns[TX_SIGNAL] < 0))
		e = list_in_bad(in, ERR_FORMAT, "no columns signal_type and signal_str: is this ThreatExchange's?");
	if (!e)
		e = rows_take(&c, sink, threatexchange_row, columns);
	csv_free(&c);
	return e;
}

/* --- ICSE: MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;…;Media Type;Baseline --- */

enum { ICSE_MD5, ICSE_SHA1, ICSE_PHOTODNA, ICSE_ID, ICSE_DISTRIBUTED, ICSE_VICTIM, ICSE_OFFENDER, ICSE_SERIES, ICSE_TYPE, ICSE_BASELINE, ICSE_COLUMNS };

static enum err icse_row(struct csv *c, struct list_sink *sink, struct list_making *m, const int *columns)
{
	static const unsigned flags[] = { LIST_DISTRIBUTED, LIST_VICTIM_IDENTIFIED, LIST_OFFENDER_IDENTIFIED };
	enum err e = OK;
	for (int i = ICSE_MD5; !e && i <= ICSE_SHA1; i++)
		if (columns[i] >= 0)
			e = hash_put(m, i == ICSE_MD5 ? LIST_MD5 : LIST_SHA1, c, columns[i]);
	if (e)
		return e;
	if (columns[ICSE_PHOTODNA] >= 0 && c->fields[columns[ICSE_PHOTODNA]].size)
		list_making_photodna(m, sink, c->fields[columns[ICSE_PHOTODNA]].data, c->fields[columns[ICSE_PHOTODNA]].size);
	for (int i = ICSE_DISTRIBUTED; i <= ICSE_OFFENDER; i++)
		if (columns[i] >= 0 && c->fields[columns[i]].size && list_true(c->fields[columns[i]].data, c->fields[columns[i]].size))
			m->record.flags |= flags[i - ICSE_DISTRIBUTED];
	if (columns[ICSE_TYPE] >= 0 && c->fields[columns[ICSE_TYPE]].size >= 5 && list_word_is(c->fields[columns[ICSE_TYPE]].data, 5, "video"))
		m->record.flags |= LIST_VIDEO;
	word_put(m, sink, LIST_MEDIA, c, columns[ICSE_ID]);
	word_put(m, sink, LIST_SERIES, c, columns[ICSE_SERIES]);
	if (columns[ICSE_BASELINE] >= 0 && c->fields[columns[ICSE_BASELINE]].size) { /* the column's name says what its yes or no is of */
		char words[LIST_CATEGORY_MOST];
		int n = snprintf(words, sizeof words, "Baseline=%s", c->fields[columns[ICSE_BASELINE]].data);
		list_making_word(m, sink, LIST_CATEGORY, words, n < (int)sizeof words ? (size_t)n : sizeof words - 1);
	}
	if (!m->record.has && !m->words[LIST_MEDIA].size)
		return list_in_bad(c->in, ERR_FORMAT, "an entry with neither a hash nor an id");
	return list_making_done(m, sink);
}

enum err list_parse_icse(struct list_in *in, struct list_sink *sink)
{
	static const char *const names[ICSE_COLUMNS] = { "MD5", "SHA1", "PhotoDNA", "Image ID", "Is distributed", "Victim identified", "Offender identified", "Series name", "Media Type", "Baseline" };
	struct csv c = { .in = in, .separator = ';' };
	int columns[ICSE_COLUMNS];
	list_in_bom(in);
	enum err e = row_take(&c);
	for (int i = 0; i < ICSE_COLUMNS; i++)
		columns[i] = column_of(&c, names[i]);
	if (!e && columns[ICSE_MD5] < 0 && columns[ICSE_SHA1] < 0)
		e = list_in_bad(in, ERR_FORMAT, "no column MD5 or SHA1, with semicolons between: is this ICSE's?");
	if (!e)
		e = rows_take(&c, sink, icse_row, columns);
	csv_free(&c);
	return e;
}
