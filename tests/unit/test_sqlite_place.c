/* Places of live rows, against place_cases.py's own reading of the file format. */
#include "formats/sqlite_place.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "check.h"

static char folder[] = "/tmp/custos-place-XXXXXX";

struct want {
	long long rowid;
	int part;
	unsigned page, frame;
	unsigned long long offset;
};

static bool python(const char *arguments)
{
	struct buf b = { 0 };
	buf_printf(&b, "python3 '%s/tests/unit/place_cases.py' %s", getenv("CUSTOS_SOURCE") ? getenv("CUSTOS_SOURCE") : ".", arguments);
	bool ok = !b.failed && system(b.data) == 0;
	buf_free(&b);
	return ok;
}

static void file_bytes(const char *name, const char *tail, struct buf *out)
{
	char path[400], part[65536];
	snprintf(path, sizeof path, "%s/%s%s", folder, name, tail);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;
	while (fd >= 0 && (n = read(fd, part, sizeof part)) > 0)
		buf_add(out, part, (size_t)n);
	if (fd >= 0)
		close(fd);
}

static int64_t bytes_read(void *context, void *to, uint64_t offset, size_t size)
{
	const struct buf *b = context;
	size_t n = offset >= b->size ? 0 : b->size - offset < size ? b->size - offset : size;
	if (n)
		memcpy(to, b->data + offset, n);
	return (int64_t)n;
}

static struct sqlite_input input(struct buf *b) { return (struct sqlite_input){ b->size ? bytes_read : NULL, b, b->size }; }

/* The rows of one table out of a .places text; how many, and where the next table begins. */
static size_t wants_read(char **text, struct want *to, size_t room, unsigned *ret_root)
{
	size_t n = 0;
	int used = 0;
	if (sscanf(*text, "T %u\n%n", ret_root, &used) != 1)
		return SIZE_MAX;
	*text += used;
	struct want w;
	while (n < room && sscanf(*text, "%lld %d %u %u %llu\n%n", &w.rowid, &w.part, &w.page, &w.frame, &w.offset, &used) == 5) {
		to[n++] = w;
		*text += used;
	}
	return n;
}

static bool same(struct placer *p, const struct want *w)
{
	struct place got;
	return place_find(p, w->rowid, &got) && (int)got.part == w->part && got.page == w->page && got.frame == w->frame && got.offset == w->offset;
}

static struct want wants[20000];

/* In order, backwards, at random; and rowids between them are not there. Returns how many rows were compared. */
static size_t table_check(struct sqlite_file *f, unsigned root, size_t count)
{
	struct placer *p = NULL;
	struct place got;
	CHECK_INT(placer_open(f, root, &p), OK);
	if (!p)
		return 0;
	size_t wrong = 0;
	for (size_t i = 0; i < count; i++)
		wrong += !same(p, &wants[i]);
	for (size_t i = count; i-- > 0;)
		wrong += !same(p, &wants[i]);
	for (size_t i = 0, at = 0; i < count; i += 5, at = (at + 7919) % count)
		wrong += !same(p, &wants[at]) || !same(p, &wants[at]);
	for (size_t i = 0; i + 1 < count; i++)
		for (long long id = wants[i].rowid + 1; id < wants[i + 1].rowid && id < wants[i].rowid + 3; id++)
			wrong += place_find(p, id, &got);
	CHECK_INT(wrong, 0);
	if (!count)
		CHECK(!place_find(p, 0, &got) && !place_find(p, INT64_MIN, &got) && !place_find(p, INT64_MAX, &got));
	placer_free(p);
	return count;
}

struct files {
	struct buf db, wal, journal;
	struct sqlite_file *f;
};

static bool files_open(struct files *s, const char *name)
{
	*s = (struct files){ 0 };
	file_bytes(name, ".db", &s->db);
	file_bytes(name, ".db-wal", &s->wal);
	file_bytes(name, ".db-journal", &s->journal);
	return sqlite_file_open(input(&s->db), input(&s->wal), input(&s->journal), NULL, NULL, &s->f) == OK;
}

static void files_close(struct files *s)
{
	sqlite_file_free(s->f);
	buf_free(&s->db);
	buf_free(&s->wal);
	buf_free(&s->journal);
}

TEST(every_row_lies_where_the_format_says)
{
	static const char *const names[] = { "small", "usual", "large", "log", "hot" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct files s;
		struct buf text = { 0 };
		bool open = files_open(&s, names[i]);
		CHECK(open);
		file_bytes(names[i], ".places", &text);
		char *at = text.data;
		size_t rows = 0, n, parts[3] = { 0 };
		unsigned root;
		while (open && at && (n = wants_read(&at, wants, sizeof wants / sizeof *wants, &root)) != SIZE_MAX) {
			rows += table_check(s.f, root, n);
			for (size_t j = 0; j < n; j++)
				parts[wants[j].part]++;
		}
		CHECK(rows > 3000);
		CHECK((parts[SQLITE_PART_WAL] > 100) == (strcmp(names[i], "log") == 0));
		CHECK((parts[SQLITE_PART_JOURNAL] > 100) == (strcmp(names[i], "hot") == 0));
		CHECK(parts[SQLITE_PART_DB] > 100);
		files_close(&s);
		buf_free(&text);
	}
}

TEST(what_is_no_table_with_rowids_is_said_to_be_none)
{
	struct files s;
	CHECK(files_open(&s, "usual"));
	struct placer *p = NULL;
	unsigned tables = 0, others = 0;
	for (uint32_t page = 1; page <= sqlite_file_pages(s.f); page++) {
		uint8_t kind = (uint8_t)s.db.data[(page - 1) * 4096 + (page == 1 ? 100 : 0)];
		enum err e = placer_open(s.f, page, &p);
		if (kind == 2 || kind == 10) {
			CHECK_INT(e, ERR_FORMAT);
			CHECK(!p);
			others++;
		}
		tables += e == OK;
		placer_free(p);
	}
	CHECK(tables > 3 && others > 3);
	CHECK_INT(placer_open(s.f, 0, &p), ERR_FORMAT);
	CHECK_INT(placer_open(s.f, UINT32_MAX, &p), ERR_FORMAT);
	files_close(&s);
}

/* Interior pages that lead to themselves, to each other, beyond the end; flipped and cut files: it ends, and what it finds is a cell
 * with that rowid inside the file. */
TEST(lying_trees_end)
{
	struct files s;
	CHECK(files_open(&s, "small"));
	struct buf text = { 0 };
	file_bytes("small", ".places", &text);
	char *at = text.data;
	unsigned root;
	size_t n = !at ? SIZE_MAX : wants_read(&at, wants, sizeof wants / sizeof *wants, &root);
	CHECK(n != SIZE_MAX && n > 1000);
	uint8_t *bytes = (uint8_t *)s.db.data, *page = bytes + (size_t)(root - 1) * 512;
	CHECK_INT(page[0], 5);
	for (int turn = 0; turn < 150; turn++) {
		struct buf was = { 0 };
		buf_add(&was, bytes, s.db.size);
		uint32_t cells = (uint32_t)page[3] << 8 | page[4];
		if (turn < 4) { /* all children, or the right one, are the root itself or page 0xffffffff */
			for (uint32_t i = 0; i < (turn & 1 ? cells : 0); i++) {
				uint8_t *cell = page + ((uint32_t)page[12 + 2 * i] << 8 | page[13 + 2 * i]);
				cell[0] = cell[1] = cell[2] = cell[3] = turn & 2 ? 0xff : 0;
				if (!(turn & 2))
					cell[3] = (uint8_t)root;
			}
			page[8] = page[9] = page[10] = page[11] = turn & 2 ? 0xff : 0;
			if (!(turn & 2))
				page[11] = (uint8_t)root;
		} else {
			for (size_t i = (size_t)turn * 37; i < s.db.size; i += turn < 75 ? 4099 : 613)
				bytes[i] ^= (uint8_t)(1u << turn % 8);
			for (size_t i = 28; i < 32; i++) /* the size it states */
				bytes[i] = turn % 5 ? was.data[i] : 0x7f;
			memcpy(bytes, was.data, 24);
		}
		struct sqlite_file *f = NULL;
		struct placer *p = NULL;
		struct place got;
		if (sqlite_file_open(input(&s.db), input(&s.wal), input(&s.journal), NULL, NULL, &f) == OK && placer_open(f, root, &p) == OK)
			for (size_t i = 0; i < n; i += turn < 4 ? 1 : 17)
				if (place_find(p, wants[i].rowid, &got))
					CHECK(got.offset < s.db.size && got.page >= 1 && got.offset / 512 == got.page - 1);
		placer_free(p);
		sqlite_file_free(f);
		memcpy(bytes, was.data, s.db.size);
		buf_free(&was);
	}
	files_close(&s);
	buf_free(&text);
}

int main(void)
{
	if (!mkdtemp(folder) || !python(folder)) {
		fprintf(stderr, "place_cases.py failed\n");
		return 1;
	}
	RUN(every_row_lies_where_the_format_says);
	RUN(what_is_no_table_with_rowids_is_said_to_be_none);
	RUN(lying_trees_end);
	char remove[64];
	snprintf(remove, sizeof remove, "rm -r %s", folder);
	if (system(remove) != 0)
		fprintf(stderr, "left %s\n", folder);
	return check_done();
}
