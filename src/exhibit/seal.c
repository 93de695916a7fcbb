#include "exhibit/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PENDING_MOST = 1 << 16 };

enum err seal_begin(struct seal_table *t, const char *table)
{
	*t = (struct seal_table){ .sha = EVP_MD_CTX_new() };
	if (!t->sha || EVP_DigestInit_ex(t->sha, EVP_sha256(), NULL) != 1)
		return ERR_NOMEM;
	EVP_DigestUpdate(t->sha, table, strlen(table) + 1);
	return OK;
}

static unsigned char *put_be(unsigned char *to, uint64_t v, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--, v >>= 8)
		to[i] = (unsigned char)v;
	return to + bytes;
}

static void seal_flush(struct seal_table *t)
{
	if (t->pending.size)
		EVP_DigestUpdate(t->sha, t->pending.data, t->pending.size);
	t->pending.size = 0;
}

void seal_row(struct seal_table *t, const struct cell *cells, int count)
{
	/* Room for all once, then written without a check a byte: this runs for every value of the exhibit. */
	size_t most = 2 + (size_t)count * 9;
	for (int i = 0; i < count; i++)
		if (cells[i].type == CELL_TEXT || cells[i].type == CELL_BLOB)
			most += cells[i].size;
	unsigned char *p = buf_reserve(&t->pending, most);
	if (!p)
		return;
	unsigned char *from = p;
	p = put_be(p, (uint64_t)count, 2);
	for (int i = 0; i < count; i++) {
		const struct cell *c = &cells[i];
		uint64_t bits;
		switch (c->type) {
		case CELL_NULL:
			*p++ = 'n';
			break;
		case CELL_INT:
			*p++ = 'i';
			p = put_be(p, (uint64_t)c->integer, 8);
			break;
		case CELL_REAL:
			memcpy(&bits, &c->real, 8);
			*p++ = 'r';
			p = put_be(p, bits, 8);
			break;
		case CELL_TEXT:
		case CELL_BLOB:
			*p++ = c->type == CELL_TEXT ? 't' : 'b';
			p = put_be(p, c->size, 4);
			if (c->size)
				memcpy(p, c->bytes, c->size);
			p += c->size;
			break;
		}
	}
	t->pending.size += (size_t)(p - from);
	t->rows++;
	if (t->pending.size >= PENDING_MOST)
		seal_flush(t);
}

void seal_free(struct seal_table *t)
{
	EVP_MD_CTX_free(t->sha);
	buf_free(&t->pending);
	t->sha = NULL;
}

enum err seal_end(struct seal_table *t, unsigned char ret_hash[32])
{
	bool failed = t->pending.failed;
	seal_flush(t);
	failed |= EVP_DigestFinal_ex(t->sha, ret_hash, NULL) != 1;
	seal_free(t);
	return failed ? ERR_NOMEM : OK;
}

void seal_select(struct buf *out, const char *table) { buf_printf(out, "SELECT * FROM \"%s\" ORDER BY rowid", table); }

static struct cell cell_of(sqlite3_stmt *q, int i)
{
	switch (sqlite3_column_type(q, i)) {
	case SQLITE_INTEGER:
		return cell_int(sqlite3_column_int64(q, i));
	case SQLITE_FLOAT:
		return (struct cell){ .type = CELL_REAL, .real = sqlite3_column_double(q, i) };
	case SQLITE_TEXT:
	case SQLITE_BLOB: {
		enum cell_type type = sqlite3_column_type(q, i) == SQLITE_TEXT ? CELL_TEXT : CELL_BLOB;
		const void *bytes = sqlite3_column_blob(q, i);
		return (struct cell){ .type = type, .bytes = bytes, .size = (size_t)sqlite3_column_bytes(q, i) };
	}
	default:
		return (struct cell){ 0 };
	}
}

enum err seal_query(sqlite3 *db, const char *table, const char *sql, int64_t *ret_rows, unsigned char ret_hash[32])
{
	sqlite3_stmt *q = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK)
		return err_set(ERR_FORMAT, "table %s cannot be read: %s", table, sqlite3_errmsg(db));
	struct seal_table t;
	enum err e = seal_begin(&t, table);
	int count = sqlite3_column_count(q), rc = SQLITE_DONE;
	struct cell cells[64];
	while (!e && count <= 64 && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		for (int i = 0; i < count; i++)
			cells[i] = cell_of(q, i);
		seal_row(&t, cells, count);
	}
	if (!e && rc != SQLITE_DONE)
		e = err_set(ERR_FORMAT, "table %s cannot be read: %s", table, sqlite3_errmsg(db));
	sqlite3_finalize(q);
	*ret_rows = t.rows;
	if (e) {
		seal_free(&t);
		return e;
	}
	return seal_end(&t, ret_hash);
}

void seal_hex(const unsigned char hash[32], char ret[65])
{
	for (int i = 0; i < 32; i++)
		snprintf(ret + 2 * i, 3, "%02x", hash[i]);
}

static int by_name(const void *a, const void *b) { return strcmp(((const struct seal_line *)a)->name, ((const struct seal_line *)b)->name); }

/* SHA-256 over lines "part name rows hash\n", the tables in the order of their names. */
static enum err combine(const struct seal_line *lines, int count, bool derived, const char *first, char ret[65])
{
	struct buf text = { 0 };
	char hex[65];
	buf_text(&text, first);
	for (int i = 0; i < count; i++)
		if (lines[i].derived == derived) {
			seal_hex(lines[i].hash, hex);
			buf_printf(&text, "%s %s %lld %s\n", derived ? "derived" : "content", lines[i].name, (long long)lines[i].rows, hex);
		}
	unsigned char hash[32];
	unsigned size = 0;
	bool ok = !text.failed && EVP_Digest(text.data, text.size, hash, &size, EVP_sha256(), NULL) == 1;
	buf_free(&text);
	seal_hex(hash, ret);
	return ok ? OK : ERR_NOMEM;
}

enum err seal_combine(struct seal_line *lines, int count, struct exhibit_seal *ret)
{
	char first[80];
	qsort(lines, (size_t)count, sizeof *lines, by_name);
	enum err e = combine(lines, count, false, "custos exhibit " EXHIBIT_FORMAT "\n", ret->root);
	snprintf(first, sizeof first, "root %s\n", ret->root);
	return e ? e : combine(lines, count, true, first, ret->whole);
}

enum err seal_derived(enum err (*fn)(void *, const char *, const char *), void *context)
{
	static const struct {
		const char *suffix, *order;
	} shadows[] = { { "data", "id" }, { "idx", "segid, term" }, { "config", "k" } };
	enum err e = fn(context, "sqlite_schema", SEAL_SCHEMA_QUERY);
	for (int k = 0; !e && k < kind_count; k++)
		for (int i = 0; !e && kind_searched(&kinds[k]) && i < 3; i++) {
			char name[48], sql[160];
			snprintf(name, sizeof name, "%s_fts_%s", kinds[k].name, shadows[i].suffix);
			snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY %s", name, shadows[i].order);
			e = fn(context, name, sql);
		}
	return e;
}
