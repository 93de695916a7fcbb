/* table: rows for a person (a coloured table on a terminal) or a program (CSV, JSON lines). */
#ifndef CUSTOS_CLI_TABLE_H
#define CUSTOS_CLI_TABLE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/text.h"

enum table_form { TABLE_TEXT, TABLE_CSV, TABLE_JSONL };

/* Appends a text cut or padded to `width` terminal cells; control characters, which could steer the terminal, are shown as spaces. */
void table_cell(struct buf *out, const char *text, int width);

/* How many cells the text takes. */
int table_cells(const char *text);

/* Appends a text as it is, but for what could steer a terminal or turn the direction of text: those become spaces. */
void table_safe(struct buf *out, const char *text, size_t size);

/* A CSV field (RFC 4180), quoted where needed. A field that a spreadsheet would take for a formula is prefixed with ', as messages are hostile input. */
void table_csv(struct buf *out, const char *text, size_t size);

/* One SQLite value as JSON. */
void table_json(struct buf *out, sqlite3_stmt *q, int column);

/* Width of the terminal on standard output, or 120. */
int table_width(void);

#endif
