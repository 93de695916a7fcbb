/* seal: the canonical form of a row and the hashes over it, inside this room. Format: docs/exhibit-format.md, "The seal". */
#ifndef CUSTOS_EXHIBIT_SEAL_H
#define CUSTOS_EXHIBIT_SEAL_H

#include <openssl/evp.h>

#include "exhibit/exhibit.h"

/* SHA-256 over one table's rows, fed row by row. */
struct seal_table {
	EVP_MD_CTX *sha;
	struct buf pending; /* canonical bytes not yet hashed */
	int64_t rows;
};

enum err seal_begin(struct seal_table *t, const char *table);
void seal_row(struct seal_table *t, const struct cell *cells, int count);
enum err seal_end(struct seal_table *t, unsigned char ret_hash[32]); /* frees */
void seal_free(struct seal_table *t);

/* Hashes the rows of a query in its order: for verification and for derived content. */
enum err seal_query(sqlite3 *db, const char *table, const char *sql, int64_t *ret_rows, unsigned char ret_hash[32]);

/* The query that gives a table's rows in canonical order. */
void seal_select(struct buf *out, const char *table);
/* The same for a derived table, which may have no rowid. */
void seal_select_any(struct buf *out, const char *table);

/* The schema without what SQLite numbers by itself. The tables of the seal are left out: they come after. */
#define SEAL_SCHEMA_QUERY "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT IN ('seal', 'seal_root', 'sqlite_autoindex_seal_1') ORDER BY type, name"

/* Root and whole hash from the rows of the table `seal`, which must be there. */
enum err seal_combine(sqlite3 *db, struct exhibit_seal *ret);

void seal_hex(const unsigned char hash[32], char ret[65]);

#endif
