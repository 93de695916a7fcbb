/* recover_help: databases that the SQLite library made, as bytes, and what the recovery engine says of them as text. For unit tests. */
#ifndef CUSTOS_TESTS_RECOVER_HELP_H
#define CUSTOS_TESTS_RECOVER_HELP_H

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "formats/sqlite_rows.h"

struct bytes {
	uint8_t *data;
	size_t size;
};

static inline int64_t bytes_read(void *context, void *to, uint64_t offset, size_t size)
{
	const struct bytes *b = context;
	if (offset >= b->size)
		return 0;
	size_t n = size < b->size - offset ? size : b->size - offset;
	memcpy(to, b->data + offset, n);
	return (int64_t)n;
}

static inline struct bytes file_bytes(const char *path)
{
	struct bytes b = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	b.data = malloc((size_t)size + 1);
	b.size = size > 0 && b.data && pread(fd, b.data, (size_t)size, 0) == size ? (size_t)size : 0;
	if (fd >= 0)
		close(fd);
	return b;
}

/* A database as it lies there after `sql`, with its rollback journal while the transaction is open (`journal` may be NULL). */
static inline struct bytes database_journal(const char *sql, struct bytes *journal)
{
	char path[] = "/tmp/recover-XXXXXX", name[64];
	int fd = mkstemp(path);
	sqlite3 *db = NULL;
	char *message = NULL;
	if (fd < 0 || sqlite3_open(path, &db) != SQLITE_OK || sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
		fprintf(stderr, "no database: %s\n", message ? message : "?");
	sqlite3_free(message);
	snprintf(name, sizeof name, "%s-journal", path);
	if (journal)
		*journal = file_bytes(name);
	else
		sqlite3_close(db);
	struct bytes b = file_bytes(path);
	if (journal)
		sqlite3_close(db);
	if (fd >= 0)
		close(fd);
	unlink(path);
	return b;
}

static inline struct bytes database(const char *sql) { return database_journal(sql, NULL); }

static inline enum err row_print(void *context, const struct recover_row *row)
{
	recover_row_json(context, row);
	return OK;
}

static int notes; /* how many came */
static struct buf notes_text;
static inline void note_keep(void *context, uint64_t offset, const char *reason)
{
	(void)context;
	(void)offset;
	notes += *reason != 0;
	if (notes_text.size < 10000)
		buf_printf(&notes_text, "%s\n", reason);
}

/* All rows as JSON lines. */
static inline enum err recover_both(struct bytes db, struct bytes journal, const struct recover_limits *limits, struct buf *out)
{
	struct recover *r = NULL;
	struct sqlite_input none = { 0 };
	buf_clear(&notes_text);
	enum err e = recover_open((struct sqlite_input){ bytes_read, &db, db.size }, none,
				  journal.size ? (struct sqlite_input){ bytes_read, &journal, journal.size } : none, limits, note_keep, NULL, &r);
	if (!e)
		e = recover_rows(r, NULL, row_print, out);
	recover_free(r);
	return e;
}

static inline enum err recover_bytes(struct bytes db, struct buf *out) { return recover_both(db, (struct bytes){ 0 }, NULL, out); }

static inline int lines(const struct buf *b)
{
	int n = 0;
	for (size_t i = 0; i < b->size; i++)
		n += b->data[i] == '\n';
	return n;
}

static inline int count_of(const struct buf *b, const char *part)
{
	int n = 0;
	for (const char *p = b->data; p && (p = strstr(p, part)); p++)
		n++;
	return n;
}

static inline bool has(const struct buf *b, const char *part) { return b->data && strstr(b->data, part) != NULL; }

#define MAKE(rows)                                                                                                             \
	"PRAGMA secure_delete=0; CREATE TABLE talk(id INTEGER PRIMARY KEY, who TEXT, said TEXT NOT NULL, at INTEGER);"          \
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<" rows ") "                                       \
	"INSERT INTO talk SELECT i, 'person '||(i%7), 'what was said as number '||i, 1700000000+i*61 FROM n;"

#endif
