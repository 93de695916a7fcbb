/* Lists of one hash a line, and hashdeep's. */
#include <string.h>

#include "match/list_parse.h"

enum { LINE_MOST = 64 << 10, COLUMNS_MOST = 16 };

/* The next line without its end; what is beyond LINE_MOST is passed over. False: there is none. */
static bool line_take(struct list_in *in, struct buf *line)
{
	buf_clear(line);
	buf_add(line, "", 0);
	list_in_row(in);
	if (list_in_peek(in) < 0)
		return false;
	while (list_in_peek(in) >= 0) {
		const uint8_t *from = in->piece + in->at, *end = memchr(from, '\n', in->size - in->at);
		size_t size = end ? (size_t)(end - from) : in->size - in->at;
		buf_add(line, from, line->size + size <= LINE_MOST ? size : LINE_MOST - line->size);
		in->at += size;
		if (end) {
			list_in_take(in);
			break;
		}
	}
	if (line->size && line->data[line->size - 1] == '\r')
		line->data[--line->size] = 0;
	return !in->failed;
}

static enum list_kind kind_by_digits(size_t digits)
{
	for (int k = LIST_MD5; k <= LIST_SHA256; k++)
		if (digits == 2 * list_kind_size((enum list_kind)k))
			return (enum list_kind)k;
	return LIST_KINDS;
}

static enum err plain_take(struct list_in *in, struct list_sink *sink, struct list_making *m, const char *p, size_t size, enum list_kind *kind)
{
	char why[LIST_WHY];
	size_t digits = 0;
	if (size && *p == '\\') { /* as sha256sum marks a line whose name has signs of its own */
		p++;
		size--;
	}
	while (digits < size && strchr("0123456789abcdefABCDEF", p[digits]) && p[digits])
		digits++;
	if (digits < size && !strchr(" \t,;*", p[digits]))
		return list_in_bad(in, ERR_FORMAT, "a line that does not begin with a hash");
	enum list_kind found = *kind == LIST_PDQ ? *kind : kind_by_digits(digits);
	if (*kind == LIST_KINDS)
		*kind = found;
	if (found == LIST_KINDS)
		return list_in_bad(in, ERR_FORMAT, "a hash of %zu hexadecimal digits: MD5 has 32, SHA-1 40, SHA-256 64", digits);
	/* A longer hash that was cut would pass for a shorter one. */
	if (found != *kind)
		return list_in_bad(in, ERR_FORMAT, "a hash of %zu hexadecimal digits in a list of %s", digits, list_kind_name(*kind));
	if (!list_making_hash(m, *kind, p, digits, why))
		return list_in_bad(in, ERR_FORMAT, "%s", why);
	while (digits < size && strchr(" \t,;*", p[digits]) && p[digits])
		digits++;
	list_making_word(m, sink, LIST_MEDIA, p + digits, size - digits);
	return list_making_done(m, sink);
}

static enum err plain_parse(struct list_in *in, struct list_sink *sink, enum list_kind kind)
{
	struct list_making m = { 0 };
	struct buf line = { 0 };
	enum err e = OK;
	list_making_clear(&m);
	list_in_bom(in);
	while (!e && line_take(in, &line)) {
		const char *p = line.data ? line.data : "";
		size_t size = line.size;
		while (size && (*p == ' ' || *p == '\t')) {
			p++;
			size--;
		}
		while (size && (p[size - 1] == ' ' || p[size - 1] == '\t'))
			size--;
		if (!size || *p == '#' || (!sink->tally->records && list_kind_is_name(p, size)))
			continue;
		e = plain_take(in, sink, &m, p, size, &kind);
	}
	if (!e)
		e = line.failed ? ERR_NOMEM : in->failed;
	buf_free(&line);
	list_making_free(&m);
	return e;
}

enum err list_parse_plain(struct list_in *in, struct list_sink *sink) { return plain_parse(in, sink, LIST_KINDS); }
enum err list_parse_pdq(struct list_in *in, struct list_sink *sink) { return plain_parse(in, sink, LIST_PDQ); }

/* --- hashdeep: "%%%% size,md5,sha256,filename", lines of just these columns, the name being all that is left --- */

enum { COLUMN_SIZE = LIST_KINDS, COLUMN_OTHER, COLUMN_NAME };

struct hashdeep {
	int columns[COLUMNS_MOST], count;
	bool hashes;
};

static enum err columns_take(struct list_in *in, struct list_sink *sink, struct hashdeep *h, const char *p, const char *end)
{
	h->count = 0;
	h->hashes = false;
	while (p <= end) {
		const char *comma = memchr(p, ',', (size_t)(end - p)), *to = comma ? comma : end;
		size_t size = (size_t)(to - p);
		int column = list_word_is(p, size, "size") ? COLUMN_SIZE : list_word_is(p, size, "md5") ? LIST_MD5 : list_word_is(p, size, "sha1") ? LIST_SHA1 :
			     list_word_is(p, size, "sha256") ? LIST_SHA256 : list_word_is(p, size, "filename") ? COLUMN_NAME : COLUMN_OTHER;
		if (h->count == COLUMNS_MOST)
			return list_in_bad(in, ERR_FORMAT, "more columns than hashdeep has");
		if (column == COLUMN_OTHER)
			list_making_foreign(sink, p, size);
		h->columns[h->count++] = column;
		h->hashes |= column < LIST_KINDS;
		p = to + 1;
	}
	if (!h->hashes || h->columns[h->count - 1] != COLUMN_NAME)
		return list_in_bad(in, ERR_FORMAT, "the columns are not those of hashdeep: size, hashes, filename");
	return OK;
}

static enum err hashdeep_row(struct list_in *in, struct list_sink *sink, struct list_making *m, const struct hashdeep *h, const char *p, const char *end)
{
	char why[LIST_WHY];
	for (int i = 0; i < h->count; i++) {
		const char *to = h->columns[i] == COLUMN_NAME ? end : memchr(p, ',', (size_t)(end - p));
		if (!to)
			return list_in_bad(in, ERR_FORMAT, "%d columns, not %d", i + 1, h->count);
		size_t size = (size_t)(to - p);
		if (h->columns[i] == COLUMN_NAME)
			list_making_word(m, sink, LIST_MEDIA, p, size);
		else if (h->columns[i] < LIST_KINDS && !size)
			return list_in_bad(in, ERR_FORMAT, "an empty %s", list_kind_name((enum list_kind)h->columns[i]));
		else if (h->columns[i] < LIST_KINDS && !list_making_hash(m, (enum list_kind)h->columns[i], p, size, why))
			return list_in_bad(in, ERR_FORMAT, "%s", why);
		else if (h->columns[i] == COLUMN_SIZE && strspn(p, "0123456789") != size)
			return list_in_bad(in, ERR_FORMAT, "a size that is no number");
		p = to + (to < end);
	}
	return list_making_done(m, sink);
}

enum err list_parse_hashdeep(struct list_in *in, struct list_sink *sink)
{
	static const char mark[] = "%%%% ";
	struct list_making m = { 0 };
	struct hashdeep h = { .count = 0 };
	struct buf line = { 0 };
	enum err e = OK;
	bool magic = false;
	list_making_clear(&m);
	list_in_bom(in);
	while (!e && line_take(in, &line)) {
		const char *p = line.data ? line.data : "", *end = p + line.size;
		if (strncmp(p, mark, sizeof mark - 1) == 0) {
			p += sizeof mark - 1;
			if (!magic && strncmp(p, "HASHDEEP-", 9) != 0)
				e = list_in_bad(in, ERR_FORMAT, "it does not begin with %%%%%%%% HASHDEEP");
			else if (magic)
				e = columns_take(in, sink, &h, p, end);
			magic = true;
		} else if (line.size && line.data[0] != '#') {
			e = h.count ? hashdeep_row(in, sink, &m, &h, p, end) : list_in_bad(in, ERR_FORMAT, "no columns are named before it");
		}
	}
	if (!e)
		e = line.failed ? ERR_NOMEM : in->failed;
	if (!e && !h.count)
		e = list_in_bad(in, ERR_TRUNCATED, "it ends before its columns are named");
	buf_free(&line);
	list_making_free(&m);
	return e;
}
