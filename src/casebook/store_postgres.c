/* The store in PostgreSQL, by libpq; parameters and results in binary. */
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "casebook/store_inside.h"

enum { STATEMENTS = 128, VALUES_MOST = 64, NAME_SIZE = 24 };
enum { BOOLEAN = 16, BYTEA = 17, NAME = 19, BIGINT = 20, SMALLINT = 21, INTEGER = 23, TEXT = 25, REAL4 = 700, REAL8 = 701, UNKNOWN = 705, VARCHAR = 1043 }; /* pg_type's oids */
#define LOCKS 0x43757374000000 /* advisory locks of ours: this + enum store_lock */

/* A prepared statement, by the address of its text and its parameters' types. */
struct kept {
	const char *sql;
	Oid types[VALUES_MOST];
	int count;
	uint64_t used, name;
};

struct pg_store {
	struct store base;
	PGconn *c;
	struct kept kept[STATEMENTS];
	uint64_t clock, names;
};

static struct pg_store *own(struct store *s) { return (struct pg_store *)s; }

/* By SQLSTATE's classes. */
static enum err failed(PGconn *c, const PGresult *r, const char *what)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL, *text = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	enum err e = ERR_SQL;
	char line[300];
	if (PQstatus(c) != CONNECTION_OK || (state && (strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0)))
		e = ERR_OFFLINE;
	else if (state && (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0 || strcmp(state, "55P03") == 0))
		e = ERR_BUSY;
	else if (state && strcmp(state, "23505") == 0)
		e = ERR_EXISTS;
	else if (state && strncmp(state, "23", 2) == 0)
		e = ERR_CHANGED;
	else if (state && strcmp(state, "53100") == 0)
		e = ERR_SPACE;
	else if (state && strcmp(state, "53200") == 0)
		e = ERR_NOMEM;
	else if (state && strncmp(state, "28", 2) == 0)
		e = ERR_ACCESS;
	snprintf(line, sizeof line, "%.280s", text ? text : PQerrorMessage(c));
	line[strcspn(line, "\n")] = 0;
	return err_set(e, "the casebook: %s: %s", what, line);
}

static enum err script_run(struct store *base, const char *sql)
{
	PGresult *r = PQexec(own(base)->c, sql);
	ExecStatusType status = PQresultStatus(r);
	enum err e = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY ? OK : failed(own(base)->c, r, "a script");
	PQclear(r);
	return e;
}

static void pg_close(struct store *base)
{
	PQfinish(own(base)->c);
	free(base);
}

static void notice_ignore(void *context, const PGresult *r) { (void)context, (void)r; }

static enum err pg_open(const char *where, struct store **ret)
{
	struct pg_store *s = calloc(1, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	const char *const names[] = { "dbname", "connect_timeout", "application_name", "client_encoding", "tcp_user_timeout", "keepalives_idle", NULL };
	const char *const values[] = { where, "5", "custos", "UTF8", "20000", "30", NULL }; /* a server that is gone is noticed in seconds */
	s->base.ops = &store_postgres;
	s->c = PQconnectdbParams(names, values, 1);
	enum err e = OK;
	if (PQstatus(s->c) != CONNECTION_OK) {
		char line[300];
		snprintf(line, sizeof line, "%.280s", PQerrorMessage(s->c));
		line[strcspn(line, "\n")] = 0;
		e = err_set(strstr(line, "authentication") ? ERR_ACCESS : ERR_OFFLINE, "the casebook's database does not answer: %s", line);
	} else {
		PQsetNoticeReceiver(s->c, notice_ignore, NULL);
		e = script_run(&s->base, "SET synchronous_commit=on; SET standard_conforming_strings=on; SET lock_timeout='60s'; SET TimeZone='UTC'");
	}
	if (e) {
		pg_close(&s->base);
		return e;
	}
	*ret = &s->base;
	return OK;
}

static bool pg_good(struct store *base) { return PQstatus(own(base)->c) == CONNECTION_OK && PQtransactionStatus(own(base)->c) == PQTRANS_IDLE; }
static enum err pg_begin(struct store *base) { return script_run(base, "BEGIN"); }

static enum err pg_commit(struct store *base)
{
	PGresult *r = PQexec(own(base)->c, "COMMIT");
	/* Of a transaction in which a statement failed the answer is ROLLBACK. */
	enum err e = PQresultStatus(r) != PGRES_COMMAND_OK     ? failed(own(base)->c, r, "commit")
		     : strcmp(PQcmdStatus(r), "COMMIT") != 0 ? err_set(ERR_CHANGED, "the casebook: a statement of the transaction had failed: nothing was committed")
							     : OK;
	PQclear(r);
	return e;
}

static void pg_rollback(struct store *base)
{
	if (PQtransactionStatus(own(base)->c) != PQTRANS_IDLE)
		PQclear(PQexec(own(base)->c, "ROLLBACK"));
}

/* ?N becomes $N outside of texts; *ret_count is the greatest N. */
static void text_make(struct buf *out, const char *sql, int *ret_count)
{
	bool quoted = false;
	*ret_count = 0;
	for (; *sql; sql++) {
		quoted ^= *sql == '\'';
		if (*sql == '?' && !quoted) {
			int n = atoi(sql + 1);
			*ret_count = n > *ret_count ? n : *ret_count;
		}
		buf_char(out, *sql == '?' && !quoted ? '$' : *sql);
	}
}

static enum err statement(struct pg_store *s, const char *sql, const Oid *types, int given, char name[NAME_SIZE], int *ret_count)
{
	struct kept *oldest = &s->kept[0];
	for (int i = 0; i < STATEMENTS; i++) {
		struct kept *k = &s->kept[i];
		if (k->sql == sql && k->count <= given && memcmp(k->types, types, (size_t)k->count * sizeof *types) == 0) {
			k->used = ++s->clock;
			snprintf(name, NAME_SIZE, "s%llu", (unsigned long long)k->name);
			*ret_count = k->count;
			return OK;
		}
		oldest = k->used < oldest->used ? k : oldest;
	}
	struct buf text = { 0 };
	if (oldest->sql) {
		buf_printf(&text, "DEALLOCATE s%llu", (unsigned long long)oldest->name);
		PQclear(PQexec(s->c, text.data ? text.data : ""));
		buf_clear(&text);
	}
	*oldest = (struct kept){ .name = ++s->names, .used = ++s->clock };
	text_make(&text, sql, &oldest->count);
	enum err e = text.failed ? ERR_NOMEM : oldest->count > given ? err_set(ERR_USAGE, "a statement with too few parameters: %s", sql) : OK;
	if (!e) {
		memcpy(oldest->types, types, (size_t)oldest->count * sizeof *types);
		snprintf(name, NAME_SIZE, "s%llu", (unsigned long long)oldest->name);
		PGresult *r = PQprepare(s->c, name, text.data, oldest->count, types);
		if (PQresultStatus(r) != PGRES_COMMAND_OK)
			e = failed(s->c, r, sql);
		PQclear(r);
	}
	if (!e) {
		oldest->sql = sql;
		*ret_count = oldest->count;
	}
	buf_free(&text);
	return e;
}

/* The values as libpq takes them; `room` holds numbers in network order. */
static void values_make(const struct store_value *values, int count, Oid *types, const char **bytes, int *sizes, int *formats, uint64_t *room)
{
	for (int i = 0; i < count; i++) {
		const struct store_value *v = &values[i];
		uint64_t bits = (uint64_t)v->integer;
		if (v->type == STORE_REAL)
			memcpy(&bits, &v->real, sizeof bits);
		room[i] = htobe64(bits);
		bool number = v->type == STORE_INT || v->type == STORE_REAL;
		types[i] = v->type == STORE_INT ? BIGINT : v->type == STORE_REAL ? REAL8 : v->type == STORE_TEXT ? TEXT : v->type == STORE_BLOB ? BYTEA : 0;
		bytes[i] = v->type == STORE_NULL ? NULL : number ? (const char *)&room[i] : v->bytes ? v->bytes : "";
		sizes[i] = number ? 8 : (int)v->size;
		formats[i] = 1;
	}
}

static enum err column(const PGresult *r, int row, int i, struct store_value *v)
{
	const char *p = PQgetvalue(r, row, i);
	size_t size = (size_t)PQgetlength(r, row, i);
	uint64_t n = 0;
	*v = (struct store_value){ 0 };
	if (PQgetisnull(r, row, i))
		return OK;
	for (size_t k = 0; k < size && k < 8; k++)
		n = n << 8 | (uint8_t)p[k];
	double real;
	float small;
	uint32_t half = (uint32_t)n;
	switch (PQftype(r, i)) {
	case BIGINT:
		*v = store_int((int64_t)n);
		return OK;
	case INTEGER:
		*v = store_int((int32_t)n);
		return OK;
	case SMALLINT:
		*v = store_int((int16_t)n);
		return OK;
	case BOOLEAN:
		*v = store_int(n != 0);
		return OK;
	case REAL8:
		memcpy(&real, &n, sizeof real);
		*v = store_real(real);
		return OK;
	case REAL4:
		memcpy(&small, &half, sizeof small);
		*v = store_real(small);
		return OK;
	case TEXT:
	case VARCHAR:
	case NAME:
	case UNKNOWN:
		*v = store_text_n(p, size);
		return OK;
	case BYTEA:
		*v = store_blob(p, size);
		return OK;
	default:
		return err_set(ERR_USAGE, "column %d of a query has the type %u, which the store does not give: cast it", i + 1, PQftype(r, i));
	}
}

static enum err rows_give(const PGresult *r, store_row_fn row, void *context)
{
	struct store_value cells[VALUES_MOST];
	int columns = PQnfields(r);
	enum err e = columns > VALUES_MOST ? err_set(ERR_USAGE, "a query with more than %d columns", VALUES_MOST) : OK;
	const char *names[VALUES_MOST];
	for (int i = 0; !e && i < columns; i++)
		names[i] = PQfname(r, i);
	for (int k = 0; !e && row && k < PQntuples(r); k++) {
		for (int i = 0; !e && i < columns; i++)
			e = column(r, k, i, &cells[i]);
		if (!e)
			e = row(context, &(struct store_row){ columns, cells, names });
	}
	return e;
}

static enum err pg_query(struct store *base, const char *sql, const struct store_value *values, int count, store_row_fn row, void *context, int64_t *ret_changes)
{
	struct pg_store *s = own(base);
	Oid types[VALUES_MOST];
	const char *bytes[VALUES_MOST];
	int sizes[VALUES_MOST], formats[VALUES_MOST];
	uint64_t room[VALUES_MOST];
	char name[NAME_SIZE];
	if (count > VALUES_MOST)
		return err_set(ERR_USAGE, "more than %d parameters", VALUES_MOST);
	for (int i = 0; i < count; i++)
		if (values[i].size > INT32_MAX)
			return err_set(ERR_LIMIT, "a value of more than 2 GiB");
	values_make(values, count, types, bytes, sizes, formats, room);
	enum err e = statement(s, sql, types, count, name, &count);
	if (e)
		return e;
	PGresult *r = PQexecPrepared(s->c, name, count, bytes, sizes, formats, 1);
	ExecStatusType status = PQresultStatus(r);
	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		e = failed(s->c, r, sql);
	if (!e && status == PGRES_TUPLES_OK)
		e = rows_give(r, row, context);
	if (!e && ret_changes && strncmp(PQcmdStatus(r), "SELECT", 6) != 0)
		*ret_changes = atoll(PQcmdTuples(r));
	PQclear(r);
	return e;
}

static enum err pg_lock(struct store *base, enum store_lock lock)
{
	return STORE_RUN(base, "SELECT 1 FROM pg_advisory_xact_lock(?1)", NULL, NULL, store_int(LOCKS + lock));
}

const struct store_engine_ops store_postgres = {
	.engine = STORE_POSTGRES, .open = pg_open, .close = pg_close, .good = pg_good, .begin = pg_begin, .commit = pg_commit, .rollback = pg_rollback,
	.query = pg_query, .script = script_run, .lock = pg_lock,
	.types = { "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "BIGINT", "DOUBLE PRECISION", "TEXT COLLATE \"C\"", "BYTEA", "", "" },
};
