/* Manifest.db: one row a file, with an archived MBFile object (size, times, class, key) in its last column. */
#include "evidence/itunes.h"

#include <sqlite3.h>

#include "base/arena.h"
#include "base/time.h"
#include "formats/plist.h"

enum {
	RECORD_MOST = 1 << 20, /* bytes of one archived record; those of real phones take 1 KB */
	RECORD_ARENA = 8 << 20,
	OPERATIONS_MOST = 2000, /* millions of SQLite's steps: a hostile b-tree can show its pages again and again */
};

/* An archived object's field is a reference into the list of objects, or stands in place. */
static const struct value *follow(const struct value *objects, const struct value *v)
{
	if (v && v->type == VALUE_UID)
		v = v->integer >= 0 ? value_at(objects, (size_t)v->integer) : NULL;
	return v;
}

static int64_t number(const struct value *record, const char *key, int64_t otherwise)
{
	const struct value *v = value_get(record, key);
	return v && v->type == VALUE_INT ? v->integer : otherwise;
}

static int64_t moment(const struct value *record, const char *key)
{
	int64_t seconds = number(record, key, 0);
	return seconds ? time_from(seconds, 1, 0) : TIME_NONE;
}

/* Bytes of the field, whether NSData, NSMutableData or plain data. */
static const struct value *data_of(const struct value *objects, const struct value *field)
{
	const struct value *v = follow(objects, field);
	if (v && v->type == VALUE_DICT)
		v = follow(objects, value_get(v, "NS.data"));
	return v && v->type == VALUE_DATA ? v : NULL;
}

static void record_read(struct arena *a, const void *blob, size_t size, struct itunes_row *row)
{
	const struct value *archive;
	if (size > RECORD_MOST || !blob || plist_read(a, blob, size, &archive))
		return;
	const struct value *objects = value_get(archive, "$objects");
	const struct value *record = follow(objects, value_get(value_get(archive, "$top"), "root"));
	if (!record || record->type != VALUE_DICT)
		return;
	int64_t stated = number(record, "Size", 0);
	row->record = true;
	row->size = stated > 0 ? (uint64_t)stated : 0;
	row->mode = (uint32_t)number(record, "Mode", 0);
	row->protection = (uint32_t)number(record, "ProtectionClass", 0);
	row->modified_at = moment(record, "LastModified");
	row->created_at = moment(record, "Birth");
	const struct value *key = data_of(objects, value_get(record, "EncryptionKey"));
	if (key && key->size == ITUNES_SEALED_KEY)
		row->key = (const uint8_t *)key->bytes;
	row->key_odd = key && !row->key;
	const struct value *target = follow(objects, value_get(record, "Target"));
	if (target && target->type == VALUE_TEXT) {
		row->target = target->bytes;
		row->target_size = target->size;
	}
}

static const char *column(sqlite3_stmt *q, int i, bool text, size_t *ret_size)
{
	/* The pointer first: asking for it may convert the value and change its size. */
	const char *p = text ? (const char *)sqlite3_column_text(q, i) : sqlite3_column_blob(q, i);
	*ret_size = p ? (size_t)sqlite3_column_bytes(q, i) : 0;
	return p ? p : "";
}

static int tick(void *context)
{
	int *left = context;
	return --*left <= 0;
}

/* A connection that does what the one query needs, and nothing that a database could ask for by its schema. */
static enum err database_open(void *bytes, size_t size, int *ticks, sqlite3 **ret)
{
	static const struct {
		int limit, value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, 8 << 20 },  { SQLITE_LIMIT_SQL_LENGTH, 65536 }, { SQLITE_LIMIT_COLUMN, 64 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 20 },   { SQLITE_LIMIT_VDBE_OP, 25000 },    { SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 }, { SQLITE_LIMIT_WORKER_THREADS, 0 },
	};
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc != SQLITE_OK) {
		sqlite3_close(db);
		return err_set(ERR_NOMEM, "SQLite cannot start");
	}
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
		sqlite3_limit(db, limits[i].limit, limits[i].value);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_progress_handler(db, 1000000, tick, ticks);
	rc = sqlite3_deserialize(db, "main", bytes, (sqlite3_int64)size, (sqlite3_int64)size,
				 SQLITE_DESERIALIZE_READONLY);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "PRAGMA cell_size_check=ON; PRAGMA query_only=ON", NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		enum err e = err_set(ERR_FORMAT, "Manifest.db: %s", sqlite3_errmsg(db));
		sqlite3_close(db);
		return e;
	}
	*ret = db;
	return OK;
}

/* The name may also belong to a view or a virtual table, whose code would then run on hostile input: only a plain
 * b-tree is read. */
static bool files_is_table(sqlite3 *db)
{
	sqlite3_stmt *q = NULL;
	bool plain =
		sqlite3_prepare_v2(
			db, "SELECT 1 FROM sqlite_schema WHERE type='table' AND lower(name)='files' AND rootpage>0", -1,
			&q, NULL) == SQLITE_OK &&
		sqlite3_step(q) == SQLITE_ROW;
	sqlite3_finalize(q);
	return plain;
}

enum err itunes_manifest_read(void *bytes, size_t size, itunes_row_fn *fn, void *context)
{
	sqlite3 *db;
	sqlite3_stmt *q = NULL;
	struct arena a = arena_make(RECORD_ARENA);
	int ticks = OPERATIONS_MOST, rc;
	enum err e = database_open(bytes, size, &ticks, &db);
	if (e)
		return e;
	if (!files_is_table(db)) {
		e = err_set(ERR_FORMAT, "Manifest.db has no readable table Files (%s)", sqlite3_errmsg(db));
		sqlite3_close(db);
		return e;
	}
	rc = sqlite3_prepare_v2(db, "SELECT fileID, domain, relativePath, flags, file FROM Files", -1, &q, NULL);
	while (!e && rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		struct itunes_row row = { .modified_at = TIME_NONE,
					  .created_at = TIME_NONE,
					  .flags = sqlite3_column_int64(q, 3) };
		size_t blob_size;
		row.id_text = column(q, 0, true, &row.id_size);
		row.id_good = itunes_id(row.id_text, row.id_size, row.id);
		row.domain = column(q, 1, true, &row.domain_size);
		row.path = column(q, 2, true, &row.path_size);
		const char *blob = column(q, 4, false, &blob_size);
		record_read(&a, blob, blob_size, &row);
		e = fn(context, &row);
		arena_free(&a);
		rc = SQLITE_OK;
	}
	if (!e && rc == SQLITE_INTERRUPT)
		e = err_set(ERR_LIMIT, "Manifest.db: reading it takes more steps than any real one");
	else if (!e && rc == SQLITE_NOMEM)
		e = err_set(ERR_NOMEM, "Manifest.db: out of memory");
	else if (!e && rc != SQLITE_DONE)
		e = err_set(ERR_FORMAT, "Manifest.db: %s", sqlite3_errmsg(db));
	sqlite3_finalize(q);
	sqlite3_close(db);
	arena_free(&a);
	return e;
}
