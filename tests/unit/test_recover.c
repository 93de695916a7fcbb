/* The recovery engine: schema texts, records, whole databases made with the SQLite library, and what damage may not do. */
#include "formats/sqlite_engine.h"

#include "recover_help.h"

TEST(schema_texts_are_read)
{
	struct arena a = arena_make(1 << 20);
	struct schema_table t;
	static const char sql[] = "CREATE TABLE IF NOT EXISTS main.\"odd \"\"name\" (a INT, -- one, two\n [b c] VARCHAR(10) DEFAULT ',(' NOT NULL,"
				  " `d` FLOAT CHECK (d > (1)), e, f DECIMAL(10,2), g AS (a+1), PRIMARY KEY(e, a)) WITHOUT ROWID, STRICT";
	CHECK(schema_read(&a, sql, sizeof(sql) - 1, &t));
	CHECK_TEXT(t.name, "odd \"name");
	CHECK_INT(t.count, 6);
	CHECK_INT(t.stored, 5);
	CHECK(t.without_rowid);
	CHECK_TEXT(t.columns[1].name, "b c");
	CHECK_INT(t.columns[0].affinity, AFFINITY_INTEGER);
	CHECK_INT(t.columns[1].affinity, AFFINITY_TEXT);
	CHECK_INT(t.columns[2].affinity, AFFINITY_REAL);
	CHECK_INT(t.columns[3].affinity, AFFINITY_BLOB);
	CHECK_INT(t.columns[4].affinity, AFFINITY_NUMERIC);
	CHECK(t.columns[1].not_null && t.columns[3].not_null && !t.columns[2].not_null);
	CHECK_INT(t.order[0], 3); /* the key comes first */
	CHECK_INT(t.order[1], 0);
	CHECK_INT(t.order[2], 1);
	static const char alias[] = "create table t(x text, id integer primary key autoincrement)";
	CHECK(schema_read(&a, alias, sizeof(alias) - 1, &t));
	CHECK_INT(t.ipk, 1);
	static const char not_alias[] = "create table t(id integer primary key desc, x)";
	CHECK(schema_read(&a, not_alias, sizeof(not_alias) - 1, &t));
	CHECK_INT(t.ipk, -1);
	for (size_t n = 0; n + 1 < sizeof(sql) - 24; n++) /* a text that is cut has too few columns: not taken */
		CHECK(!schema_read(&a, sql, n, &t));
	arena_free(&a);
}

TEST(index_texts_are_read)
{
	struct arena a = arena_make(1 << 20);
	struct schema_index x;
	static const char sql[] = "CREATE UNIQUE INDEX IF NOT EXISTS \"by it\" ON [talk] (who COLLATE NOCASE DESC, lower(said), at, \"a b\" ASC) WHERE at > (1)";
	CHECK(schema_read_index(&a, sql, sizeof(sql) - 1, &x));
	CHECK_TEXT(x.name, "by it");
	CHECK_TEXT(x.table, "talk");
	CHECK(x.unique);
	CHECK_INT(x.count, 4);
	CHECK_TEXT(x.columns[0], "who");
	CHECK(!x.columns[1]); /* an expression */
	CHECK_TEXT(x.columns[2], "at");
	CHECK_TEXT(x.columns[3], "a b");
	for (size_t n = 0; n < sizeof(sql) - 20; n++)
		CHECK(!schema_read_index(&a, sql, n, &x));
	/* The indexes that SQLite makes itself, as PRAGMA index_list and index_info give them. */
	struct schema_table t;
	static const char table[] = "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT UNIQUE, b INT, c, UNIQUE(c, b), UNIQUE(a), CONSTRAINT k UNIQUE(b))";
	CHECK(schema_read(&a, table, sizeof(table) - 1, &t));
	CHECK_INT(t.ipk, 0);
	CHECK_INT(t.unique_count, 3);
	CHECK(t.uniques[0].count == 1 && t.uniques[0].columns[0] == 1);
	CHECK(t.uniques[1].count == 2 && t.uniques[1].columns[0] == 3 && t.uniques[1].columns[1] == 2);
	CHECK(t.uniques[2].count == 1 && t.uniques[2].columns[0] == 2);
	static const char keyed[] = "CREATE TABLE t(a TEXT PRIMARY KEY, b UNIQUE)";
	CHECK(schema_read(&a, keyed, sizeof(keyed) - 1, &t));
	CHECK(t.unique_count == 2 && t.uniques[0].columns[0] == 0 && t.uniques[1].columns[0] == 1);
	arena_free(&a);
}

TEST(varints_and_serials)
{
	static const uint64_t values[] = { 0, 127, 128, 16383, 16384, UINT32_MAX, 1ull << 55, (1ull << 56) - 1, 1ull << 56, UINT64_MAX };
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		uint8_t bytes[9];
		uint64_t back = 1;
		unsigned n = varint_write(bytes, values[i]);
		CHECK_INT(varint_size(values[i]), n);
		CHECK_INT(varint_read(bytes, bytes + n, &back), n);
		CHECK(back == values[i]);
		CHECK_INT(varint_read(bytes, bytes + n - 1, &back), 0);
	}
	CHECK_INT(serial_integer(1, (const uint8_t *)"\xff"), -1);
	CHECK_INT(serial_integer(3, (const uint8_t *)"\x01\x00\x00"), 65536);
	CHECK_INT(serial_integer(5, (const uint8_t *)"\xff\xff\xff\xff\xff\xfe"), -2);
	CHECK_INT(serial_integer(9, NULL), 1);
	CHECK(serial_real((const uint8_t *)"\x3f\xf8\0\0\0\0\0\0") == 1.5);
	CHECK_INT(serial_size(12), 0);
	CHECK_INT(serial_size(23), 5);
	/* The specification's example numbers for a page of 4096: at most 4061 bytes in a table leaf. */
	CHECK_INT(payload_local(4096, 4061, true), 4061);
	CHECK_INT(payload_local(4096, 4062, true), 489);
	CHECK_INT(payload_local(4096, 1003, false), 489);
}

TEST(a_deleted_row_comes_back)
{
	struct bytes db = database(MAKE("40") "DELETE FROM talk WHERE id=17;");
	struct buf b = { 0 };
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(lines(&b), 1);
	CHECK(has(&b, "\"values\":[null,\"person 3\",\"what was said as number 17\",1700001037]"));
	CHECK(has(&b, "\"state\":\"free-block\""));
	CHECK(has(&b, "\"table\":\"talk\""));
	CHECK(has(&b, "\"lost\":[0]")); /* its rowid was overwritten, and that is said */
	buf_free(&b);
	free(db.data);
}

TEST(nothing_is_invented)
{
	struct bytes clean = database(MAKE("900")), secure = database("PRAGMA secure_delete=1;" MAKE("40")
								     "PRAGMA secure_delete=1; DELETE FROM talk WHERE id%4=0;");
	struct buf b = { 0 };
	CHECK_INT(recover_bytes(clean, &b), OK);
	CHECK_INT(lines(&b), 0);
	CHECK_INT(recover_bytes(secure, &b), OK);
	CHECK_INT(lines(&b), 0);
	buf_free(&b);
	free(clean.data);
	free(secure.data);
}

/* How many of the rows `first` to `last` that MAKE made lie in the bytes: their last serial types and content, searched for. */
static int present(struct bytes db, int first, int last, int step)
{
	int n = 0;
	for (int i = first; i <= last; i += step) {
		char row[80];
		uint32_t at = 1700000000u + (uint32_t)i * 61;
		int size = snprintf(row + 3, sizeof(row) - 3, "person %dwhat was said as number %d", i % 7, i);
		row[0] = 13 + 2 * 8;
		row[1] = (char)(13 + 2 * (size - 8));
		row[2] = 4;
		for (int j = 0; j < 4; j++)
			row[3 + size + j] = (char)(at >> (24 - 8 * j));
		n += memmem(db.data, db.size, row, (size_t)size + 7) != NULL;
	}
	return n;
}

TEST(all_that_is_there_comes_back)
{
	struct bytes db = database(MAKE("400") "DELETE FROM talk WHERE id BETWEEN 100 AND 300;");
	struct buf b = { 0 };
	int there = present(db, 100, 300, 1);
	CHECK(there > 50);
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK_INT(lines(&b), there);
	CHECK(!has(&b, "\"fate\":\"earlier\""));
	buf_free(&b);
	free(db.data);
}

/* The table was emptied and filled again: what came before has keys that are in use. */
TEST(a_row_whose_key_is_in_use_is_an_earlier_version)
{
	struct bytes db = database(MAKE("200") "DELETE FROM talk; INSERT INTO talk VALUES(1,'new','new',1), (199,'new','new',1);");
	struct buf b = { 0 };
	CHECK_INT(recover_bytes(db, &b), OK);
	const char *row = b.data ? strstr(b.data, "[199,\"person 3\"") : NULL;
	CHECK(row && strstr(row, "\"fate\":\"earlier\"") && strstr(row, "\"fate\":\"earlier\"") < strchr(row, '\n'));
	row = b.data ? strstr(b.data, "[198,\"person 2\"") : NULL;
	CHECK(row && strstr(row, "\"fate\":\"deleted\"") && strstr(row, "\"fate\":\"deleted\"") < strchr(row, '\n'));
	buf_free(&b);
	free(db.data);
}

TEST(a_dropped_table_keeps_its_name)
{
	struct bytes db = database(MAKE("200") "CREATE TABLE other(x); DROP TABLE talk;");
	struct buf b = { 0 };
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK(lines(&b) >= 199);
	CHECK(has(&b, "{\"table\":\"talk\""));
	buf_free(&b);
	free(db.data);
}

/* Whatever is cut or flipped: it ends, within its bounds, and says something or gives rows. */
TEST(damage_is_survived)
{
	struct bytes db = database("PRAGMA page_size=512;" MAKE("60") "CREATE INDEX w ON talk(who); DELETE FROM talk WHERE id%5=0;"
				   "CREATE TABLE k(a TEXT PRIMARY KEY, b) WITHOUT ROWID; INSERT INTO k SELECT said, at FROM talk; DELETE FROM k WHERE b%3=0;");
	struct buf b = { 0 };
	for (size_t n = 0; n < db.size; n += n < 600 ? 7 : 211) {
		struct bytes part = { db.data, n };
		enum err e = recover_bytes(part, &b);
		CHECK(e == OK || e == ERR_FORMAT);
		buf_clear(&b);
	}
	for (size_t i = 0; i < db.size; i += i < 1200 ? 3 : 37) {
		uint8_t was = db.data[i];
		db.data[i] = (uint8_t)(was ^ (1u << i % 8) ^ 0x80);
		enum err e = recover_bytes(db, &b);
		CHECK(e == OK || e == ERR_FORMAT);
		db.data[i] = was;
		buf_clear(&b);
	}
	CHECK(notes > 0);
	buf_free(&b);
	free(db.data);
}

/* A freelist and a freeblock chain that lead back to themselves. */
TEST(loops_end)
{
	struct bytes db = database(MAKE("300") "DELETE FROM talk WHERE id BETWEEN 50 AND 250; DELETE FROM talk WHERE id%3=0;");
	struct buf b = { 0 };
	uint32_t trunk = be32_at(db.data + 32), page = 2;
	CHECK(trunk > 1);
	memcpy(db.data + (size_t)(trunk - 1) * 4096, db.data + 32, 4);
	CHECK_INT(recover_bytes(db, &b), OK);
	int before = lines(&b);
	CHECK(before > 50);
	for (; (size_t)page * 4096 <= db.size; page++) {
		uint8_t *p = db.data + (size_t)(page - 1) * 4096;
		if (p[0] == PAGE_TABLE_LEAF && be16_at(p + 1))
			memcpy(p + be16_at(p + 1), p + 1, 2);
	}
	buf_clear(&b);
	notes = 0;
	CHECK_INT(recover_bytes(db, &b), OK);
	CHECK(notes > 0);
	CHECK(lines(&b) > before * 9 / 10);
	buf_free(&b);
	free(db.data);
}

TEST(no_database_is_said_to_be_none)
{
	struct bytes zeros = { calloc(1, 8192), 8192 }, empty = { zeros.data, 0 };
	struct buf b = { 0 };
	CHECK_INT(recover_bytes(zeros, &b), ERR_FORMAT);
	CHECK_INT(recover_bytes(empty, &b), ERR_FORMAT);
	CHECK_INT(lines(&b), 0);
	buf_free(&b);
	free(zeros.data);
}

int main(void)
{
	RUN(schema_texts_are_read);
	RUN(index_texts_are_read);
	RUN(varints_and_serials);
	RUN(a_deleted_row_comes_back);
	RUN(nothing_is_invented);
	RUN(all_that_is_there_comes_back);
	RUN(a_row_whose_key_is_in_use_is_an_earlier_version);
	RUN(a_dropped_table_keeps_its_name);
	RUN(damage_is_survived);
	RUN(loops_end);
	RUN(no_database_is_said_to_be_none);
	buf_free(&notes_text);
	return check_done();
}
