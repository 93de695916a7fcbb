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

#define SEAL_SCHEMA_QUERY "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_autoindex_*' ORDER BY type, name"
#define SEAL_TABLES                                                                                                            \
	"CREATE TABLE seal(name TEXT NOT NULL UNIQUE, part TEXT NOT NULL, rows INTEGER NOT NULL, sha256 BLOB NOT NULL) STRICT;\n" \
	"CREATE TABLE seal_root(root TEXT NOT NULL, whole TEXT NOT NULL) STRICT;\n"

/* One table's part in the seal. The names come from the program's own lists, never from the exhibit: a name with a newline in it could
 * otherwise stand for several lines. */
struct seal_line {
	char name[48];
	bool derived;
	int64_t rows;
	unsigned char hash[32];
};
enum { SEAL_LINES_MOST = TABLE_KINDS + 4 * KIND_TABLES_MOST + 1 };

/* Root and whole hash; sorts the lines. */
enum err seal_combine(struct seal_line *lines, int count, struct exhibit_seal *ret);

/* The derived tables of the format: calls fn for each with the query that gives its rows. */
enum err seal_derived(enum err (*fn)(void *context, const char *name, const char *sql), void *context);

void seal_hex(const unsigned char hash[32], char ret[65]);

#endif
