/* schema: the exhibit file's tables, inside this room. */
#ifndef CUSTOS_EXHIBIT_SCHEMA_H
#define CUSTOS_EXHIBIT_SCHEMA_H

#include "base/text.h"
#include "exhibit/exhibit.h"

const char *schema_table_name(int table);
void schema_create(struct buf *out, int table);  /* CREATE TABLE */
void schema_views(struct buf *out);              /* the views people and commands read */
void schema_when_indexes(struct buf *out);       /* filled with the rows */
void schema_other_indexes(struct buf *out);      /* made after them */
void schema_fulltext(struct buf *out, const struct kind *k); /* the FTS5 table of a kind; nothing when it has no text */

#endif
