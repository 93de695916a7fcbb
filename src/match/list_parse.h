/* list_parse: the formats in which lists come, read in constant memory and one record at a time. This room's own, and its tests'.
 *
 * A parser takes bytes from a struct list_in and gives records to a struct list_sink. It stops at the first thing that is not as the format has it, and says
 * where: a list that is half read is no list. What is no hash of a file at all (a URL in a ThreatExchange list) is counted, not an error.
 * What each format's fields are, and where that is published: docs/lists.md.
 */
#ifndef CUSTOS_MATCH_LIST_PARSE_H
#define CUSTOS_MATCH_LIST_PARSE_H

#include "base/text.h"
#include "match/list_record.h"

enum { LIST_IN_PIECE = 256 << 10 };

/* Bytes in order. A read gives how many there were, 0 at the end, or a negative err. */
typedef int64_t list_read_fn(void *context, void *to, size_t size);
struct list_in {
	list_read_fn *read;
	void *context;
	int fd; /* where bytes in order are no use (SQLite); else -1 */
	uint8_t *piece;
	size_t at, size;
	uint64_t offset; /* of the piece */
	uint64_t line;   /* of the next byte, from 1 */
	uint64_t row_line, row_offset; /* where the row that is looked at begins, in formats that have rows; line 0: none */
	enum err failed;
};
enum err list_in_make(struct list_in *ret, list_read_fn *read, void *context, int fd);
void list_in_free(struct list_in *in);
bool list_in_fill(struct list_in *in); /* more bytes; false: none */

/* The next byte, without taking it, and taking it; -1: there is none (the end, or in->failed). */
static inline int list_in_peek(struct list_in *in) { return in->at < in->size || list_in_fill(in) ? in->piece[in->at] : -1; }
static inline int list_in_take(struct list_in *in)
{
	int c = list_in_peek(in);
	in->at += c >= 0;
	in->line += c == '\n';
	return c;
}
/* As many bytes as are held, at most `most`, without taking them: for a look at how a file begins. */
struct span list_in_head(struct list_in *in, size_t most);
/* A row begins with the next byte: what is wrong with it is said of that place. */
static inline void list_in_row(struct list_in *in)
{
	in->row_line = in->line;
	in->row_offset = in->offset + in->at;
}
void list_in_bom(struct list_in *in); /* passes over a byte-order mark of UTF-8 */

/* "line 3, byte 120: …", the place being that of the row, else of the next byte. Gives in->failed instead where reading failed. */
enum err list_in_bad(const struct list_in *in, enum err e, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What was left out, and what is said of the whole. */
struct list_tally {
	uint64_t records;
	uint64_t hashless;       /* entries without any hash that can be matched */
	uint64_t foreign;        /* signals and hashes of kinds that are not kept; the first such kind: */
	char foreign_kind[40];
	uint64_t photodna_other; /* PhotoDNA in a notation that is not known */
	uint64_t cut;            /* texts that were too long */
	char version[24];        /* of the format: "2.0" */
	bool more;               /* the file says that another one follows it */
};

typedef enum err list_take_fn(void *context, const struct list_record *r);
struct list_sink {
	list_take_fn *take;
	void *context;
	struct list_tally *tally;
};

typedef enum err list_parse_fn(struct list_in *in, struct list_sink *sink);
struct list_format {
	const char *name, *about;
	list_parse_fn *parse;
};
extern const struct list_format list_formats[];
extern const int list_format_count;
/* By how the file begins, or NULL. */
const struct list_format *list_format_detect(struct list_in *in);
const struct list_format *list_format_named(const char *name);

list_parse_fn list_parse_vics, list_parse_plain, list_parse_pdq, list_parse_hashdeep, list_parse_threatexchange, list_parse_icse, list_parse_ncmec, list_parse_nsrl;

/* --- for the parsers --- */

/* A record being gathered: the texts are held here, made fit for the writer. */
struct list_making {
	struct list_record record;
	struct buf words[LIST_WORDS];
};
void list_making_clear(struct list_making *m);
void list_making_free(struct list_making *m);
/* White space around is dropped, what is no UTF-8 or no character replaced; appends with ", " between where there is a text already. */
void list_making_word(struct list_making *m, struct list_sink *sink, enum list_word word, const char *bytes, size_t size);
/* A hash in hexadecimal, white space around allowed. False: it is not of this kind's length, or has something else in it; `why` says so. Empty: nothing. */
enum { LIST_WHY = 120 };
bool list_making_hash(struct list_making *m, enum list_kind kind, const char *bytes, size_t size, char why[LIST_WHY]);
/* PhotoDNA in hexadecimal, base64 or 144 numbers. */
void list_making_photodna(struct list_making *m, struct list_sink *sink, const char *bytes, size_t size);
void list_making_foreign(struct list_sink *sink, const char *kind, size_t size);
/* "true", "1", "yes" in any case. */
bool list_true(const char *bytes, size_t size);
bool list_word_is(const char *bytes, size_t size, const char *word); /* in any case */
bool list_kind_is_name(const char *bytes, size_t size); /* "MD5", "sha-1": what a list may have as its first line */
/* Gives the record to the sink and clears. */
enum err list_making_done(struct list_making *m, struct list_sink *sink);

#endif
