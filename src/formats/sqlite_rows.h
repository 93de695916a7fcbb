/* sqlite_rows: recovered rows as text, one row a line. */
#ifndef CUSTOS_FORMATS_SQLITE_ROWS_H
#define CUSTOS_FORMATS_SQLITE_ROWS_H

#include "base/text.h"
#include "formats/sqlite_recover.h"

/* A JSON object and a newline: {"table", "also"?, "columns": [names], "rowid"?, "values": [...], "state", "fate", "confidence", "reason",
 * "file", "page", "offset", "frame"?, "sequence", "origins", "lost"?, "cut"?, "inferred"?}. Blobs are {"hex": …}; the last three list column numbers from 0. */
void recover_row_json(struct buf *out, const struct recover_row *row);

#endif
