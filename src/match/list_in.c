/* Bytes in order with their place, and records as they are gathered. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/time.h"
#include "match/list_parse.h"

enum err list_in_make(struct list_in *ret, list_read_fn *read, void *context, int fd)
{
	*ret = (struct list_in){ .read = read, .context = context, .fd = fd, .line = 1, .piece = malloc(LIST_IN_PIECE) };
	return ret->piece ? OK : ERR_NOMEM;
}

void list_in_free(struct list_in *in)
{
	free(in->piece);
	in->piece = NULL;
}

bool list_in_fill(struct list_in *in)
{
	if (in->failed)
		return false;
	in->offset += in->size;
	in->at = in->size = 0;
	int64_t n = in->read(in->context, in->piece, LIST_IN_PIECE);
	if (n < 0)
		in->failed = (enum err)n;
	if (n <= 0)
		return false;
	in->size = (size_t)n;
	return true;
}

struct span list_in_head(struct list_in *in, size_t most)
{
	if (list_in_peek(in) < 0)
		return span_of(NULL, 0);
	return span_of(in->piece + in->at, in->size - in->at < most ? in->size - in->at : most);
}

enum err list_in_bad(const struct list_in *in, enum err e, const char *format, ...)
{
	char what[300];
	va_list args;
	if (in->failed)
		return in->failed;
	va_start(args, format);
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	return err_set(e, "line %" PRIu64 ", byte %" PRIu64 ": %s", in->row_line ? in->row_line : in->line, in->row_line ? in->row_offset : in->offset + in->at, what);
}

void list_in_bom(struct list_in *in)
{
	struct span s = list_in_head(in, 3);
	if (span_match(&s, "\xef\xbb\xbf", 3))
		in->at += 3;
}

const struct list_format list_formats[] = {
	{ "vics", "Project VIC / CAID: VICS JSON 1.x and 2.0", list_parse_vics },
	{ "plain", "an MD5, SHA-1 or SHA-256 a line, with or without a name behind it", list_parse_plain },
	{ "pdq", "a PDQ hash a line, likewise (never found by content: it looks like SHA-256)", list_parse_pdq },
	{ "hashdeep", "what hashdeep and md5deep -k read", list_parse_hashdeep },
	{ "nsrl", "NSRL RDSv3 (SQLite)", list_parse_nsrl },
	{ "ncmec", "NCMEC hash sharing v2 (XML)", list_parse_ncmec },
	{ "threatexchange", "ThreatExchange CSV: signal_type,signal_str,…", list_parse_threatexchange },
	{ "icse", "ICSE CSV: MD5;SHA1;PhotoDNA;…", list_parse_icse },
};
const int list_format_count = sizeof list_formats / sizeof *list_formats;

const struct list_format *list_format_named(const char *name)
{
	for (int i = 0; i < list_format_count; i++)
		if (strcmp(list_formats[i].name, name) == 0)
			return &list_formats[i];
	return NULL;
}

/* 16: no hexadecimal digit. A table, as digits follow no order that a processor could foresee. */
static unsigned nibble(char c)
{
	enum { X = 16 };
	static const uint8_t digits[256] = {
		X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, X, X, X, X, X, X,
		X, 10, 11, 12, 13, 14, 15, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, 10, 11, 12, 13, 14, 15, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
		X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
		X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	};
	return digits[(unsigned char)c];
}

bool list_kind_is_name(const char *bytes, size_t size)
{
	static const char *const names[] = { "md5", "sha1", "sha-1", "sha256", "sha-256", "pdq" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (list_word_is(bytes, size, names[i]))
			return true;
	return false;
}

static bool head_has(struct span s, const char *words)
{
	size_t n = strlen(words);
	return span_left(&s) >= n && strncasecmp((const char *)s.at, words, n) == 0;
}

static bool is_space(int c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

const struct list_format *list_format_detect(struct list_in *in)
{
	struct span s = list_in_head(in, 4096);
	size_t digits = 0;
	if (head_has(s, "SQLite format 3"))
		return list_format_named("nsrl");
	span_match(&s, "\xef\xbb\xbf", 3);
	while (span_left(&s) && is_space(*s.at))
		s.at++;
	if (head_has(s, "%%%% HASHDEEP"))
		return list_format_named("hashdeep");
	if (head_has(s, "signal_type,"))
		return list_format_named("threatexchange");
	if (head_has(s, "MD5;SHA1") || head_has(s, "\"MD5\";\"SHA1\""))
		return list_format_named("icse");
	if (head_has(s, "{"))
		return list_format_named("vics");
	if (head_has(s, "<"))
		return list_format_named("ncmec");
	while (span_left(&s) && *s.at == '#') { /* comments of a plain list */
		while (span_left(&s) && *s.at != '\n')
			s.at++;
		while (span_left(&s) && is_space(*s.at))
			s.at++;
	}
	if (span_left(&s) && *s.at == '\\')
		s.at++;
	while (digits < span_left(&s) && nibble((char)s.at[digits]) < 16)
		digits++;
	bool hash = digits == 32 || digits == 40 || digits == 64;
	for (digits = 0; digits < span_left(&s) && !is_space(s.at[digits]);)
		digits++;
	return hash || list_kind_is_name((const char *)s.at, digits) ? list_format_named("plain") : NULL;
}

/* --- records --- */

void list_making_clear(struct list_making *m)
{
	m->record.has = m->record.flags = 0;
	m->record.keyed = false;
	m->record.time = TIME_NONE;
	for (int i = 0; i < LIST_WORDS; i++)
		buf_clear(&m->words[i]);
}

void list_making_free(struct list_making *m)
{
	for (int i = 0; i < LIST_WORDS; i++)
		buf_free(&m->words[i]);
}

static void trim(const char **bytes, size_t *size)
{
	while (*size && is_space(**bytes)) {
		++*bytes;
		--*size;
	}
	while (*size && is_space((*bytes)[*size - 1]))
		--*size;
}

void list_making_word(struct list_making *m, struct list_sink *sink, enum list_word word, const char *bytes, size_t size)
{
	struct buf *b = &m->words[word];
	size_t most = word == LIST_CATEGORY ? LIST_CATEGORY_MOST : LIST_TEXT_MOST;
	trim(&bytes, &size);
	if (!size)
		return;
	if (b->size)
		buf_text(b, ", ");
	size_t from = b->size;
	if (size > most) {
		sink->tally->cut++;
		size = most;
	}
	buf_scrub(b, bytes, size);
	for (size_t i = from; i < b->size; i++)
		if ((unsigned char)b->data[i] < ' ' || b->data[i] == 0x7f)
			b->data[i] = ' ';
	if (b->size > most) { /* not within a character */
		for (b->size = most; b->size && ((unsigned char)b->data[b->size] & 0xc0) == 0x80;)
			b->size--;
		b->data[b->size] = 0;
	}
}

static bool hex_read(const char *bytes, size_t digits, uint8_t *to)
{
	unsigned all = 0;
	for (size_t i = 0; i < digits; i += 2) {
		unsigned high = nibble(bytes[i]), low = nibble(bytes[i + 1]);
		all |= high | low;
		to[i / 2] = (uint8_t)(high << 4 | low);
	}
	return all < 16;
}

bool list_making_hash(struct list_making *m, enum list_kind kind, const char *bytes, size_t size, char why[LIST_WHY])
{
	size_t want = 2 * list_kind_size(kind);
	trim(&bytes, &size);
	if (!size)
		return true;
	if (size != want) {
		snprintf(why, LIST_WHY, "%s of %zu characters: it has %zu hexadecimal digits", list_kind_name(kind), size, want);
		return false;
	}
	if (kind == LIST_PDQ) {
		struct pdq p;
		if (!pdq_parse(bytes, size, &p)) {
			snprintf(why, LIST_WHY, "%s with something that is no hexadecimal digit", list_kind_name(kind));
			return false;
		}
		memcpy(m->record.hash[kind], &p, sizeof p);
	} else if (!hex_read(bytes, size, m->record.hash[kind])) {
		snprintf(why, LIST_WHY, "%s with something that is no hexadecimal digit", list_kind_name(kind));
		return false;
	}
	m->record.has |= 1u << kind;
	return true;
}

static bool base64_read(const char *bytes, size_t size, uint8_t *to)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < size; i += 4) {
		uint32_t v = 0;
		for (size_t k = 0; k < 4; k++) {
			const char *p = bytes[i + k] ? strchr(letters, bytes[i + k]) : NULL;
			if (!p)
				return false;
			v = v << 6 | (uint32_t)(p - letters);
		}
		for (size_t k = 0; k < 3; k++)
			*to++ = (uint8_t)(v >> (16 - 8 * k));
	}
	return true;
}

static bool numbers_read(const char *bytes, size_t size, uint8_t *to)
{
	size_t count = 0;
	for (size_t i = 0; i < size;) {
		unsigned v = 0, digits = 0;
		for (; i < size && bytes[i] >= '0' && bytes[i] <= '9' && digits < 4; digits++)
			v = v * 10 + (unsigned)(bytes[i++] - '0');
		if (!digits || v > 255 || count == LIST_PHOTODNA_SIZE)
			return false;
		to[count++] = (uint8_t)v;
		if (i < size && bytes[i++] != ',')
			return false;
	}
	return count == LIST_PHOTODNA_SIZE;
}

void list_making_photodna(struct list_making *m, struct list_sink *sink, const char *bytes, size_t size)
{
	uint8_t *to = m->record.hash[LIST_PHOTODNA];
	trim(&bytes, &size);
	if (!size)
		return;
	if ((size == LIST_PHOTODNA_SIZE / 3 * 4 && base64_read(bytes, size, to)) || (size == 2 * LIST_PHOTODNA_SIZE && hex_read(bytes, size, to)) || numbers_read(bytes, size, to))
		m->record.has |= 1u << LIST_PHOTODNA;
	else
		sink->tally->photodna_other++;
}

void list_making_foreign(struct list_sink *sink, const char *kind, size_t size)
{
	struct list_tally *t = sink->tally;
	if (!t->foreign++)
		for (size_t i = 0; i < size && i < sizeof t->foreign_kind - 1; i++)
			t->foreign_kind[i] = kind[i] > ' ' && kind[i] < 0x7f ? kind[i] : '?';
}

bool list_word_is(const char *bytes, size_t size, const char *word)
{
	/* Most words differ in their first letter. */
	return size && ((bytes[0] ^ word[0]) & ~0x20) == 0 && size == strlen(word) && strncasecmp(bytes, word, size) == 0;
}

bool list_true(const char *bytes, size_t size)
{
	trim(&bytes, &size);
	return list_word_is(bytes, size, "true") || list_word_is(bytes, size, "yes") || list_word_is(bytes, size, "1");
}

enum err list_making_done(struct list_making *m, struct list_sink *sink)
{
	struct list_record *r = &m->record;
	for (int i = 0; i < LIST_WORDS; i++) {
		if (m->words[i].failed)
			return ERR_NOMEM;
		r->words[i] = (struct list_words){ m->words[i].size ? m->words[i].data : "", m->words[i].size };
	}
	sink->tally->records++;
	if (!(r->has & ~(1u << LIST_PHOTODNA)) && !(r->flags & LIST_TOMBSTONE))
		sink->tally->hashless++;
	enum err e = sink->take(sink->context, r);
	list_making_clear(m);
	return e;
}
