#include "formats/leveldb.h"

#include <dirent.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/text.h"
#include "check.h"

/* ---- what a reading gave ---- */

struct seen {
	int count, notes, stop_after;
	struct buf lines; /* "sequence key=value" or "sequence key deleted" */
	struct buf reasons;
};

static enum err collect(void *context, const struct leveldb_entry *e)
{
	struct seen *s = context;
	s->count++;
	buf_printf(&s->lines, "%llu ", (unsigned long long)e->sequence);
	buf_add(&s->lines, e->key.start, span_size(&e->key));
	buf_text(&s->lines, e->deleted ? " deleted" : "=");
	buf_add(&s->lines, e->value.start, span_size(&e->value));
	buf_char(&s->lines, '\n');
	CHECK(!e->deleted || span_size(&e->value) == 0);
	return s->count == s->stop_after ? ERR_CANCELLED : OK;
}

static void note(void *context, uint64_t offset, const char *reason)
{
	struct seen *s = context;
	s->notes++;
	buf_printf(&s->reasons, "%llu: %s\n", (unsigned long long)offset, reason);
}

static void seen_clear(struct seen *s)
{
	s->count = s->notes = s->stop_after = 0;
	buf_clear(&s->lines);
	buf_clear(&s->reasons);
	buf_text(&s->lines, "");
	buf_text(&s->reasons, "");
}

static void seen_free(struct seen *s)
{
	buf_free(&s->lines);
	buf_free(&s->reasons);
}

static enum err read_all(const void *bytes, size_t size, struct seen *s)
{
	/* A copy of exactly the size, so that the sanitiser sees a read beyond it. */
	char *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	if (size)
		memcpy(copy, bytes, size);
	int stop_after = s->stop_after;
	seen_clear(s);
	s->stop_after = stop_after;
	enum err e = leveldb_read(span_of(copy, size), collect, note, s);
	free(copy);
	return e;
}

/* ---- a small writer, by LevelDB's doc/log_format.md and doc/table_format.md ---- */

static uint32_t crc32c(const char *bytes, size_t size)
{
	uint32_t c = 0xffffffff;
	for (size_t i = 0; i < size; i++) {
		c ^= (uint8_t)bytes[i];
		for (int bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? 0x82f63b78 : 0);
	}
	return c ^ 0xffffffff;
}

static void put_le(struct buf *b, uint64_t value, int width)
{
	for (int i = 0; i < width; i++)
		buf_char(b, (char)(value >> 8 * i));
}

static void put_text(struct buf *b, const char *text)
{
	buf_char(b, (char)strlen(text)); /* a varint of one byte */
	buf_text(b, text);
}

static void put_crc(struct buf *b, const char *bytes, size_t size)
{
	uint32_t c = crc32c(bytes, size);
	put_le(b, (c >> 15 | c << 17) + 0xa282ead8u, 4);
}

static void put_record(struct buf *log, int type, const char *bytes, size_t size)
{
	struct buf body = { 0 };
	buf_char(&body, (char)type);
	buf_add(&body, bytes, size);
	put_crc(log, body.data, body.size);
	put_le(log, size, 2);
	buf_add(log, body.data, body.size);
	buf_free(&body);
}

static void put_batch(struct buf *b, uint64_t sequence, uint32_t count)
{
	put_le(b, sequence, 8);
	put_le(b, count, 4);
}

/* A log of two batches: one whole, one in three parts. */
static struct buf make_log(void)
{
	struct buf log = { 0 }, batch = { 0 };
	put_batch(&batch, 7, 2);
	buf_char(&batch, 1);
	put_text(&batch, "a");
	put_text(&batch, "one");
	buf_char(&batch, 0);
	put_text(&batch, "gone");
	put_record(&log, 1, batch.data, batch.size);
	buf_clear(&batch);
	put_batch(&batch, 9, 2);
	buf_char(&batch, 1);
	put_text(&batch, "a");
	put_text(&batch, "two");
	buf_char(&batch, 1);
	put_text(&batch, "b");
	put_text(&batch, "");
	put_record(&log, 2, batch.data, 10);
	put_record(&log, 3, batch.data + 10, 6);
	put_record(&log, 4, batch.data + 16, batch.size - 16);
	buf_free(&batch);
	return log;
}

static const char log_lines[] = "7 a=one\n8 gone deleted\n9 a=two\n10 b=\n";

struct handle {
	size_t offset, size;
};

static void put_varint(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_char(b, (char)(v | 0x80));
	buf_char(b, (char)v);
}

static void put_entry(struct buf *b, int shared, const char *key, uint64_t sequence, int type, const char *value, size_t size)
{
	put_varint(b, (uint64_t)shared);
	put_varint(b, strlen(key) + 8);
	put_varint(b, size);
	buf_text(b, key);
	put_le(b, sequence << 8 | (unsigned)type, 8);
	buf_add(b, value, size);
}

static struct handle put_block(struct buf *table, const struct buf *content, int type)
{
	struct handle h = { table->size, content->size };
	buf_add(table, content->data, content->size);
	buf_char(table, (char)type);
	put_crc(table, table->data + h.offset, h.size + 1);
	return h;
}

static struct handle put_deflated(struct buf *table, const struct buf *content, int type)
{
	char out[1000];
	z_stream z = { .next_in = (Bytef *)content->data, .avail_in = (uInt)content->size, .next_out = (Bytef *)out,
		       .avail_out = sizeof out };
	CHECK(deflateInit2(&z, 9, Z_DEFLATED, type == 2 ? 15 : -15, 8, 0) == Z_OK);
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	struct buf packed = { 0 };
	buf_add(&packed, out, sizeof out - z.avail_out);
	deflateEnd(&z);
	struct handle h = put_block(table, &packed, type);
	buf_free(&packed);
	return h;
}

/* Four data blocks: plain with two restart points, zlib, raw deflate, plain; meta index; index; footer. */
static struct buf make_table(struct handle handles[5])
{
	struct buf t = { 0 }, b = { 0 };
	put_entry(&b, 0, "apple", 3, 1, "red", 3);
	put_entry(&b, 5, "s", 5, 1, "reds", 4); /* the next restart point is at 20 + 17 */
	b.size -= 12 + 1;
	/* Prefix compression cuts the stored key anywhere, here behind "apple" of "apple" + trailer. */
	buf_text(&b, "s");
	put_le(&b, 5 << 8 | 1, 8);
	buf_text(&b, "reds");
	size_t second = b.size;
	put_entry(&b, 0, "bean", 4, 0, "", 0);
	put_le(&b, 0, 4);
	put_le(&b, second, 4);
	put_le(&b, 2, 4);
	handles[0] = put_block(&t, &b, 0);
	for (int i = 1; i < 4; i++) {
		buf_clear(&b);
		char key[2] = { (char)('b' + i), 0 };
		put_entry(&b, 0, key, (uint64_t)(10 + i), 1, "valuevaluevaluevaluevalue", 25);
		put_le(&b, 0, 4);
		put_le(&b, 1, 4);
		handles[i] = i == 3 ? put_block(&t, &b, 0) : put_deflated(&t, &b, i == 1 ? 2 : 4);
	}
	buf_clear(&b);
	put_le(&b, 0, 4);
	put_le(&b, 1, 4);
	struct handle meta = put_block(&t, &b, 0);
	buf_clear(&b);
	for (int i = 0; i < 4; i++) {
		struct buf h = { 0 };
		char key[2] = { (char)('b' + i), 0 };
		put_varint(&h, handles[i].offset);
		put_varint(&h, handles[i].size);
		put_entry(&b, 0, key, (1ull << 56) - 1, 1, h.data, h.size);
		buf_free(&h);
	}
	put_le(&b, 0, 4);
	put_le(&b, 1, 4);
	handles[4] = put_block(&t, &b, 0);
	size_t footer = t.size;
	put_varint(&t, meta.offset);
	put_varint(&t, meta.size);
	put_varint(&t, handles[4].offset);
	put_varint(&t, handles[4].size);
	while (t.size < footer + 40)
		buf_char(&t, 0);
	put_le(&t, 0xdb4775248b80fb57, 8);
	buf_free(&b);
	return t;
}

static const char table_lines[] = "3 apple=red\n5 apples=reds\n4 bean deleted\n11 c=valuevaluevaluevaluevalue\n"
				  "12 d=valuevaluevaluevaluevalue\n13 e=valuevaluevaluevaluevalue\n";

/* ---- logs ---- */

TEST(checksum_of_the_writer) { CHECK_INT(crc32c("123456789", 9), 0xe3069283); /* RFC 3720's check value */ }

TEST(log_batches)
{
	struct seen s = { 0 };
	struct buf log = make_log();
	CHECK_INT(read_all(log.data, log.size, &s), OK);
	CHECK_TEXT(s.lines.data, log_lines);
	CHECK_TEXT(s.reasons.data, "");
	s.stop_after = 3;
	CHECK_INT(read_all(log.data, log.size, &s), ERR_CANCELLED);
	CHECK_INT(s.count, 3);
	s.stop_after = 0;
	CHECK_INT(read_all("", 0, &s), OK); /* nothing was written yet */
	/* A record that would not fit begins in the next block of 32 KB; reserved zeros behind the last. */
	struct buf two = { 0 };
	char filler[32768 - 7 - 5] = { 0 };
	memcpy(filler, "\1\0\0\0\0\0\0\0\1\0\0\0\1\1k\xda\xff\1", 18); /* value of 32730 bytes */
	put_record(&two, 1, filler, 18 + 32730);
	while (two.size < 32768)
		buf_char(&two, 0);
	buf_add(&two, log.data, log.size);
	for (int i = 0; i < 100; i++)
		buf_char(&two, 0);
	CHECK_INT(read_all(two.data, two.size, &s), OK);
	CHECK_INT(s.count, 5);
	CHECK_TEXT(s.reasons.data, "");
	buf_free(&two);
	buf_free(&log);
	seen_free(&s);
}

TEST(log_damage)
{
	struct seen s = { 0 };
	struct buf log = make_log();
	/* Cut short: the operations before the cut stay, and there is a note. */
	for (size_t cut = 0; cut < log.size; cut++) {
		enum err e = read_all(log.data, cut, &s);
		CHECK(e == OK || (e == ERR_FORMAT && s.count == 0));
		CHECK(strncmp(s.lines.data, log_lines, s.lines.size) == 0);
		CHECK(cut == 0 || cut == 32 || e || s.notes > 0);
		CHECK_INT(s.count, cut < 26 ? 0 : cut < 32 ? 1 : cut < 72 ? 2 : 3);
	}
	/* A wrong checksum: noted and read. */
	log.data[log.size - 7] ^= 1; /* a letter of "two" */
	CHECK_INT(read_all(log.data, log.size, &s), OK);
	CHECK_INT(s.count, 4);
	CHECK(strstr(s.reasons.data, "checksum"));
	log.data[log.size - 7] ^= 1;
	for (size_t i = 0; i < log.size; i++)
		for (int bit = 0; bit < 8; bit++) {
			log.data[i] = (char)(log.data[i] ^ 1 << bit);
			enum err e = read_all(log.data, log.size, &s);
			CHECK(e == OK && s.notes > 0);
			log.data[i] = (char)(log.data[i] ^ 1 << bit);
		}
	buf_free(&log);
	/* Parts without their beginning or end. */
	log = make_log();
	struct buf parts = { 0 };
	buf_add(&parts, log.data + 32 + 17, log.size - 32 - 17); /* middle, last */
	buf_add(&parts, log.data, 32);
	buf_add(&parts, log.data + 32, 17); /* first alone */
	buf_add(&parts, log.data, 32);
	CHECK_INT(read_all(parts.data, parts.size, &s), OK);
	CHECK_TEXT(s.lines.data, "7 a=one\n8 gone deleted\n7 a=one\n8 gone deleted\n");
	CHECK(strstr(s.reasons.data, "lacks its beginning") && strstr(s.reasons.data, "lacks its end"));
	/* A length beyond the block: that block is passed over, the next is read. */
	buf_clear(&parts);
	buf_add(&parts, log.data, log.size);
	parts.data[32 + 4] = parts.data[32 + 5] = (char)0xff;
	while (parts.size < 32768)
		buf_char(&parts, 'x');
	buf_add(&parts, log.data, log.size);
	CHECK_INT(read_all(parts.data, parts.size, &s), OK);
	CHECK_INT(s.count, 6);
	CHECK_INT(s.notes, 4); /* the beginning, two parts without it, what follows them */
	buf_free(&parts);
	buf_free(&log);
	/* A log of one record with a wrong checksum is read; bytes that look like one by chance give nothing. */
	log = make_log();
	log.data[25] ^= 1;
	CHECK_INT(read_all(log.data, 32, &s), OK);
	CHECK_INT(s.count, 2);
	buf_free(&log);
	char noise[400];
	memset(noise, 0xa5, sizeof noise);
	CHECK_INT(read_all(noise, sizeof noise, &s), ERR_FORMAT);
	memset(noise, 1, sizeof noise);
	read_all(noise, sizeof noise, &s);
	CHECK_INT(s.count, 0);
	seen_free(&s);
}

/* ---- tables ---- */

TEST(table_blocks)
{
	struct seen s = { 0 };
	struct handle h[5];
	struct buf t = make_table(h);
	CHECK_INT(read_all(t.data, t.size, &s), OK);
	CHECK_TEXT(s.lines.data, table_lines);
	CHECK_TEXT(s.reasons.data, "");
	s.stop_after = 3;
	CHECK_INT(read_all(t.data, t.size, &s), ERR_CANCELLED);
	CHECK_INT(s.count, 3);
	buf_free(&t);
	seen_free(&s);
}

TEST(table_without_an_index)
{
	struct seen s = { 0 };
	struct handle h[5];
	struct buf t = make_table(h);
	/* The footer cut off, and every cut before: whole blocks are found. */
	for (size_t cut = 0; cut < t.size; cut++) {
		enum err e = read_all(t.data, cut, &s);
		int blocks = 0;
		for (int i = 0; i < 4; i++)
			blocks += cut >= h[i].offset + h[i].size + 5;
		CHECK(e == OK || blocks == 0);
		CHECK_INT(s.count, blocks ? blocks + 2 : 0);
		CHECK(strncmp(s.lines.data, table_lines, s.lines.size) == 0);
	}
	/* The index damaged. */
	t.data[h[4].offset + 3] ^= 1;
	CHECK_INT(read_all(t.data, t.size, &s), OK);
	CHECK_TEXT(s.lines.data, table_lines);
	CHECK(strstr(s.reasons.data, "the index is damaged"));
	/* And a block: the others are found. */
	t.data[h[1].offset + 3] ^= 1;
	CHECK_INT(read_all(t.data, t.size, &s), OK);
	CHECK_INT(s.count, 5);
	buf_free(&t);
	seen_free(&s);
}

TEST(table_damage)
{
	struct seen s = { 0 };
	struct handle h[5];
	struct buf t = make_table(h);
	t.data[h[0].offset + 10] ^= 1; /* in the trailer of apple's key: read, with a note */
	CHECK_INT(read_all(t.data, t.size, &s), OK);
	CHECK_INT(s.count, 6);
	CHECK(strstr(s.reasons.data, "checksum"));
	t.data[h[0].offset + 10] ^= 1;
	t.data[h[0].offset + 1] = 0x7f; /* apple's length: goes on at the restart point, bean */
	CHECK_INT(read_all(t.data, t.size, &s), OK);
	CHECK(strncmp(s.lines.data, "4 bean deleted\n11 c=", 20) == 0);
	CHECK(strstr(s.reasons.data, "damaged entries"));
	t.data[h[0].offset + 1] = 13;
	for (size_t i = 0; i < t.size; i++)
		for (int bit = 0; bit < 8; bit++) {
			t.data[i] = (char)(t.data[i] ^ 1 << bit);
			enum err e = read_all(t.data, t.size, &s);
			/* The block of meta data, and the footer's handle of it, are not read. */
			bool unread = i >= h[3].offset + h[3].size + 5 && (i < h[4].offset || i >= t.size - 48);
			CHECK(e == OK && (s.notes > 0 || unread));
			CHECK(s.count >= 3);
			t.data[i] = (char)(t.data[i] ^ 1 << bit);
		}
	buf_free(&t);
	seen_free(&s);
}

/* A block of 1,000 times its size, and one that says so but lies: neither takes more than the limit. */
TEST(table_bombs)
{
	struct seen s = { 0 };
	struct buf t = { 0 }, b = { 0 };
	size_t size = 65 << 20;
	char *zeros = calloc(1, size);
	uLongf packed_size = compressBound(size);
	char *packed = malloc(packed_size);
	if (!zeros || !packed)
		abort();
	CHECK(compress2((Bytef *)packed, &packed_size, (Bytef *)zeros, size, 9) == Z_OK);
	buf_add(&b, packed, packed_size);
	struct handle h[2];
	h[0] = put_block(&t, &b, 2);
	buf_clear(&b);
	buf_add(&b, "\xff\xff\xff\x1fxxxx", 8); /* Snappy: 64 MB of nothing */
	h[1] = put_block(&t, &b, 1);
	CHECK_INT(read_all(t.data, t.size, &s), OK);
	CHECK_INT(s.count, 0);
	buf_clear(&b);
	for (int i = 0; i < 2; i++) {
		struct buf value = { 0 };
		put_varint(&value, h[i].offset);
		put_varint(&value, h[i].size);
		put_entry(&b, 0, "k", 1, 1, value.data, value.size);
		buf_free(&value);
	}
	put_le(&b, 0, 4);
	put_le(&b, 1, 4);
	struct handle index = put_block(&t, &b, 0);
	size_t footer = t.size;
	buf_add(&t, "\0\0", 2);
	put_varint(&t, index.offset);
	put_varint(&t, index.size);
	while (t.size < footer + 40)
		buf_char(&t, 0);
	put_le(&t, 0xdb4775248b80fb57, 8);
	CHECK_INT(read_all(t.data, t.size, &s), OK);
	CHECK_INT(s.count, 0);
	CHECK(strstr(s.reasons.data, "larger than 64 MB") && strstr(s.reasons.data, "shorter than its length needs"));
	free(zeros);
	free(packed);
	buf_free(&t);
	buf_free(&b);
	seen_free(&s);
}

/* ---- what others wrote ---- */

static bool file_load(const char *path, struct buf *out)
{
	char piece[65536];
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	buf_clear(out);
	for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
		buf_add(out, piece, n);
	fclose(f);
	return true;
}

TEST(chromium_local_storage)
{
	const char *shared = getenv("CUSTOS_SHARED"), *source = getenv("CUSTOS_SOURCE");
	char path[4096];
	struct buf file = { 0 };
	struct seen s = { 0 };
	snprintf(path, sizeof path, "%s%s/data/formats/leveldb/chromium-local-storage/leveldb/000003.log",
		 shared ? shared : source ? source : ".", shared ? "" : "/../shared");
	if (!file_load(path, &file))
		SKIP("no shared data: leveldb");
	CHECK_INT(read_all(file.data, file.size, &s), OK);
	CHECK_INT(s.notes, 0);
	CHECK_INT(s.count, 7); /* VERSION, four writes, two of the origin's META */
	static const struct { const char *line; size_t size; } want[] = {
		{ "1 VERSION=1\n", 12 },
		{ "_http://127.0.0.1:8117\0\1case_id=\1CASE-001\n", 42 },
		{ "_http://127.0.0.1:8117\0\1count=\1" "42\n", 34 },
		{ "_http://127.0.0.1:8117\0\1greeting=\1Hello, forensics!\n", 52 },
		{ "_http://127.0.0.1:8117\0\1unicode=\0\xe5\x65\x2c\x67\x9e\x8a \0c\0a\0f\0\xe9\0 \0\x15\x26\n", 54 },
	};
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		CHECK(memmem(s.lines.data, s.lines.size, want[i].line, want[i].size));
	CHECK(memmem(s.lines.data, s.lines.size, "META:http://127.0.0.1:8117=", 27));
	buf_free(&file);
	seen_free(&s);
}

static void remove_folder(const char *folder)
{
	char path[4096];
	DIR *d = opendir(folder);
	for (struct dirent *e; d && (e = readdir(d));) {
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
	rmdir(folder);
}

/* The lines that make_leveldb's writes must give, in the order of a table: by key, newest first. */
static void wanted_lines(struct buf *out)
{
	int again = 0, deleted = 0;
	for (int i = 0; i < 2000; i++) {
		if (i % 7 == 0)
			buf_printf(out, "%d key%05d deleted\n", 2201 + deleted++, i);
		if (i % 10 == 0)
			buf_printf(out, "%d key%05d=again %d\n", 2001 + again++, i, i);
		buf_printf(out, "%d key%05d=value %d ", i + 1, i, i);
		for (int v = 0; v < i % 97; v++)
			buf_char(out, 'v');
		buf_char(out, '\n');
	}
}

static void library_table(const char *compression)
{
	extern char **environ;
	const char *maker = getenv("LEVELDB_MAKER");
	char folder[] = "/tmp/custos-leveldb-XXXXXX", path[4096];
	pid_t pid;
	int status = -1;
	struct buf file = { 0 }, want = { 0 };
	struct seen s = { 0 };
	if (!mkdtemp(folder))
		SKIP("no temporary folder");
	char *arguments[] = { (char *)(uintptr_t)maker, folder, (char *)(uintptr_t)compression, NULL };
	CHECK(posix_spawn(&pid, maker, NULL, NULL, arguments, environ) == 0 && waitpid(pid, &status, 0) == pid && status == 0);
	wanted_lines(&want);
	snprintf(path, sizeof path, "%s/000005.ldb", folder);
	CHECK(file_load(path, &file));
	CHECK_INT(read_all(file.data, file.size, &s), OK);
	CHECK_TEXT(s.reasons.data, "");
	CHECK_INT(s.count, 2000 + 200 + 286);
	CHECK(strcmp(s.lines.data, want.data) == 0);
	/* Without its footer all the same is found by searching. */
	CHECK_INT(read_all(file.data, file.size - 48, &s), OK);
	CHECK(strcmp(s.lines.data, want.data) == 0);
	/* A byte wrong in the middle costs one block of 1 KB at most, with and without the index. */
	if (file.size > 48)
		file.data[file.size / 2] ^= 0x10;
	CHECK_INT(read_all(file.data, file.size, &s), OK);
	CHECK(s.notes > 0 && s.count > 2350 && s.count <= 2486);
	CHECK_INT(read_all(file.data, file.size - 48, &s), OK);
	CHECK(s.notes > 0 && s.count > 2350 && s.count < 2486);
	snprintf(path, sizeof path, "%s/000006.log", folder);
	CHECK(file_load(path, &file));
	CHECK_INT(read_all(file.data, file.size, &s), OK);
	CHECK_TEXT(s.lines.data, "2487 late0=late\n2488 late1=late\n2489 late2=late\n");
	CHECK_TEXT(s.reasons.data, "");
	remove_folder(folder);
	buf_free(&file);
	buf_free(&want);
	seen_free(&s);
}

TEST(library_plain)
{
	if (!getenv("LEVELDB_MAKER"))
		SKIP("built without libleveldb: no table of its making");
	library_table("plain");
}

TEST(library_snappy)
{
	if (!getenv("LEVELDB_MAKER"))
		SKIP("built without libleveldb: no table of its making");
	library_table("snappy");
}

int main(void)
{
	RUN(checksum_of_the_writer);
	RUN(log_batches);
	RUN(log_damage);
	RUN(table_blocks);
	RUN(table_without_an_index);
	RUN(table_damage);
	RUN(table_bombs);
	RUN(chromium_local_storage);
	RUN(library_plain);
	RUN(library_snappy);
	return check_done();
}
