/* exhibit: the exhibit file, written once, sealed, never changed afterwards.  Format: docs/exhibit-format.md.
 *
 * Writing goes to "PATH.part"; exhibit_commit() builds the indexes and the seal and gives the file its final name; until then, or after
 * exhibit_abort(), nothing stands under the final name.  Rows are hashed as they are written, table by table, in the order of their ids, so that the same
 * evidence, examined twice, gives the same root hash.  One thread writes.
 */
#ifndef CUSTOS_EXHIBIT_EXHIBIT_H
#define CUSTOS_EXHIBIT_EXHIBIT_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "exhibit/kind.h"

#define EXHIBIT_FORMAT "1"
#define EXHIBIT_APPLICATION_ID 0x43757374 /* "Cust" */

enum cell_type { CELL_NULL, CELL_INT, CELL_REAL, CELL_TEXT, CELL_BLOB };

struct cell {
	enum cell_type type;
	union {
		int64_t integer;
		double real;
		struct {
			const void *bytes; /* borrowed until the call returns */
			size_t size;
		};
	};
};

static inline struct cell cell_int(int64_t i) { return (struct cell){ .type = CELL_INT, .integer = i }; }
static inline struct cell cell_blob(const void *p, size_t n) { return (struct cell){ .type = CELL_BLOB, .bytes = p, .size = n }; }
static inline struct cell cell_text(const char *t, size_t n)
{
	return (struct cell){ .type = t ? CELL_TEXT : CELL_NULL, .bytes = t, .size = n };
}

/* The tables with a fixed form; the record kinds follow as TABLE_KINDS + index in kinds[]. */
enum exhibit_table {
	TABLE_EXHIBIT,      /* key, value: what this is */
	TABLE_EXAMINATION,  /* key, value: when and how it was made; outside the root hash */
	TABLE_ARTIFACT,     /* id, name, about, record, sha256 */
	TABLE_FILE,         /* id, path, type, size, stored, modified_at, accessed_at, created_at, target, sha256, md5, sha1, content, status */
	TABLE_NOTE,         /* id, file, offset, about, reason */
	TABLE_RUN,          /* id, file, artifact, variant, source_table, rows, used, omitted, records, rows_of, omits */
	TABLE_SOURCE,       /* id, run, app, account, profile */
	TABLE_SELECTOR,     /* id, type, value, raw, service */
	TABLE_SELECTOR_USE, /* id, selector, record, role, records, first_at, last_at */
	TABLE_MEDIA_HASH,   /* id, file, frame, at, pdq, quality */
	TABLE_THUMBNAIL,    /* id, file, width, height, blurred, clear: JPEG files, grey; never of what is on a list of illegal pictures */
	TABLE_LIST,         /* id, name, version, nature, country, source, handling, format, sha256, entries: a known list that was compared */
	TABLE_LIST_MATCH,   /* id, file, frame, list, how, distance, quality, category, media */
	TABLE_KINDS,
};

/* The columns every record has before those of its kind. */
enum record_column { RECORD_ID, RECORD_SOURCE, RECORD_ROW, RECORD_STATE, RECORD_FATE, RECORD_CONFIDENCE, RECORD_PAGE, RECORD_OFFSET, RECORD_FRAME, RECORD_REASON, RECORD_OWN };

struct exhibit_writer;

/* ERR_EXISTS when `path` is there already; ERR_ACCESS, ERR_IO, ERR_SPACE. */
enum err exhibit_create(const char *path, struct exhibit_writer **ret);

/* One row of a table; `count` cells must be all its columns (exhibit_columns), ids ascending. */
enum err exhibit_put(struct exhibit_writer *w, int table, const struct cell *cells, int count);

/* How many columns a table has; of a record kind: RECORD_OWN + its own, a path column counting twice. */
int exhibit_columns(int table);

struct exhibit_seal {
	char root[65];  /* SHA-256 over the content, hexadecimal */
	char whole[65]; /* the same over root, examination, schema and full-text index */
};

/* Indexes, full text, seal, fsync, rename. The writer is freed in any case; on an error nothing stands under the final name. `progress` (may be NULL) gets 0 to 1. */
enum err exhibit_commit(struct exhibit_writer *w, void (*progress)(void *context, double done), void *context, struct exhibit_seal *ret);
void exhibit_abort(struct exhibit_writer *w); /* accepts NULL */

/* Opens an exhibit read-only. ERR_NOT_FOUND, ERR_ACCESS, ERR_FORMAT (no exhibit, or of a newer format). The caller closes it with sqlite3_close. */
enum err exhibit_open(const char *path, sqlite3 **ret);

/* Recomputes the seal. Each difference is one line to `report`. ERR_CHANGED when there was one. */
enum err exhibit_verify(sqlite3 *db, void (*report)(void *context, const char *line), void *context, struct exhibit_seal *ret);

/* The CREATE statements of the format, for docs and tests: one text, tables in order. */
void exhibit_schema(struct buf *out);

#endif
