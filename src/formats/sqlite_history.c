/* Every image of every page: the database file, WAL frames of all generations, journal records. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/sqlite_engine.h"

enum { EVER = 8, WINDOW = 65536, NOTES_MOST = 100, WAL_HEADER = 32, FRAME_HEADER = 24, JOURNAL_HEADER = 28 };

/* Ages: journal images are older than the database's, frames of earlier generations too, those of the present one are newer. */
#define AGE_OLD_FRAME (1ull << 60)
#define AGE_DB (2ull << 60)
#define AGE_FRAME (3ull << 60)

static const uint8_t journal_magic[8] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7 };

void note_add(struct recover *r, uint64_t offset, const char *format, ...)
{
	char line[256];
	if (!r->note || r->notes >= NOTES_MOST)
		return;
	if (++r->notes == NOTES_MOST) {
		r->note(r->note_context, offset, "more notes were left out");
		return;
	}
	va_list list;
	va_start(list, format);
	vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	r->note(r->note_context, offset, line);
}

static size_t input_read(const struct sqlite_input *in, void *to, uint64_t offset, size_t size)
{
	if (!in->read || offset >= in->size)
		return 0;
	if (size > in->size - offset)
		size = (size_t)(in->size - offset);
	int64_t n = in->read(in->context, to, offset, size);
	return n < 0 ? 0 : (size_t)n > size ? size : (size_t)n;
}

static bool version_add(struct recover *r, struct version v)
{
	if (r->version_count == r->version_room) {
		uint32_t room = r->version_room ? r->version_room * 2 : 256;
		if ((uint64_t)room * sizeof(v) > r->limits.memory / 2) {
			if (!r->truncated)
				note_add(r, v.offset, "more page images than the memory limit allows: the rest was not read");
			r->truncated = true;
			return false;
		}
		struct version *more = realloc(r->versions, room * sizeof(v));
		if (!more) {
			r->nomem = true;
			return false;
		}
		r->versions = more;
		r->version_room = room;
	}
	r->versions[r->version_count++] = v;
	return true;
}

static bool size_valid(uint32_t n) { return n >= 512 && n <= 65536 && (n & (n - 1)) == 0; }

/* A header that is gone: the greatest page size at which nearly all b-tree pages fill themselves: SQLite puts a page's first cell at its
 * end, so that a page's cells reach into its last quarter. */
static uint32_t guess_page_size(struct recover *r)
{
	uint32_t best = 0, best_good = 0;
	uint8_t *page = malloc(65536);
	for (uint32_t size = 512; page && size <= 65536; size *= 2) {
		uint32_t good = 0, bad = 0;
		for (uint64_t at = 0; at < r->db.size && good + bad < 500; at += size) {
			struct page_header h;
			uint32_t high = 0, start = at ? 0 : 100;
			if (input_read(&r->db, page, at, size) < size || !page_header_read(page, size, start, &h) || !h.cells)
				continue;
			for (uint32_t i = 0; i < h.cells; i++) {
				uint32_t cell = be16_at(page + h.pointers + 2 * i);
				high = cell > high ? cell : high;
			}
			if (high < size && high >= size / 4 * 3)
				good++;
			else
				bad++;
		}
		if (good > bad * 3 && good * (uint64_t)size > best_good * (uint64_t)best) {
			best = size;
			best_good = good;
		}
	}
	free(page);
	return best;
}

static void header_read(struct recover *r)
{
	uint8_t h[100];
	if (input_read(&r->db, h, 0, sizeof(h)) == sizeof(h) && memcmp(h, "SQLite format 3", 16) == 0) {
		uint32_t size = be16_at(h + 16) == 1 ? 65536 : be16_at(h + 16);
		if (size_valid(size)) {
			r->page_size = size;
			r->usable = size - h[20] >= 480 ? size - h[20] : size;
			r->header_ok = true;
		}
	}
	uint8_t w[WAL_HEADER];
	if (input_read(&r->wal, w, 0, sizeof(w)) == sizeof(w) && (be32_at(w) | 1) == 0x377f0683) {
		uint32_t size = be32_at(w + 8);
		if (size_valid(size))
			r->wal_page_size = size;
	}
	if (!r->page_size && r->db.size) {
		r->page_size = guess_page_size(r);
		if (r->page_size)
			note_add(r, 0, "the database header is damaged: page size %u concluded from the pages", r->page_size);
	}
	if (!r->page_size)
		r->page_size = r->wal_page_size;
	if (!r->page_size && input_read(&r->journal, h, 0, JOURNAL_HEADER) == JOURNAL_HEADER &&
	    memcmp(h, journal_magic, 8) == 0 && size_valid(be32_at(h + 24)))
		r->page_size = be32_at(h + 24);
	if (!r->usable)
		r->usable = r->page_size;
}

static void checksum(const uint8_t *p, size_t size, bool big, uint32_t *a, uint32_t *b)
{
	for (size_t i = 0; i + 8 <= size; i += 8) {
		uint32_t x, y;
		memcpy(&x, p + i, 4);
		memcpy(&y, p + i + 4, 4);
		if (big) {
			x = __builtin_bswap32(x);
			y = __builtin_bswap32(y);
		}
		*a += x + *b;
		*b += y + *a;
	}
}

static void transaction_end(struct recover *r, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		r->versions[i].until = r->versions[to - 1].age;
		r->versions[i].since = r->versions[from].age - 1;
	}
}

static void wal_read(struct recover *r)
{
	uint8_t h[WAL_HEADER], f[FRAME_HEADER];
	if (input_read(&r->wal, h, 0, sizeof(h)) < sizeof(h))
		return;
	bool sound = (be32_at(h) | 1) == 0x377f0683 && r->wal_page_size == r->page_size;
	if (!sound)
		note_add(r, 0, "the WAL's header does not fit the database: its frames are read as old page images only");
	bool big = be32_at(h) & 1;
	uint32_t salt1 = be32_at(h + 16), salt2 = be32_at(h + 20), a = 0, b = 0, live_frames = 0, frame = 0;
	if (sound) {
		checksum(h, 24, big, &a, &b);
		sound = a == be32_at(h + 24) && b == be32_at(h + 28);
	}
	uint64_t stride = FRAME_HEADER + (uint64_t)r->page_size;
	bool chain = sound;
	uint32_t transaction = r->version_count, salt[2] = { 0 };
	for (uint64_t at = WAL_HEADER; at + FRAME_HEADER < r->wal.size; at += stride) {
		frame++;
		size_t n = input_read(&r->wal, f, at, sizeof(f));
		uint32_t page = be32_at(f);
		if (n < sizeof(f) || !page || page > UINT32_MAX / 2) {
			chain = false;
			continue;
		}
		bool current = be32_at(f + 8) == salt1 && be32_at(f + 12) == salt2;
		if (chain && current) {
			uint32_t got = (uint32_t)input_read(&r->wal, r->page, at + FRAME_HEADER, r->page_size);
			checksum(f, 8, big, &a, &b);
			checksum(r->page, r->page_size, big, &a, &b);
			chain = got == r->page_size && a == be32_at(f + 16) && b == be32_at(f + 20);
			if (chain && be32_at(f + 4))
				live_frames = frame;
		} else {
			chain = false;
		}
		uint32_t generation = salt1 - be32_at(f + 8);
		uint64_t age = current ? AGE_FRAME | frame : AGE_OLD_FRAME | (uint64_t)(UINT32_MAX - generation) << 26 | (frame & 0x3ffffff);
		if (!version_add(r, (struct version){ .page = page, .frame = frame, .offset = at + FRAME_HEADER, .age = age, .until = age,
						      .file = RECOVER_IN_WAL }))
			break;
		/* A commit: the pages of its frames belong together, in whatever order they are. So do those before no commit. */
		if (salt[0] != be32_at(f + 8) || salt[1] != be32_at(f + 12)) {
			transaction_end(r, transaction, r->version_count - 1);
			transaction = r->version_count - 1;
			salt[0] = be32_at(f + 8);
			salt[1] = be32_at(f + 12);
		}
		if (be32_at(f + 4)) {
			transaction_end(r, transaction, r->version_count);
			transaction = r->version_count;
		}
	}
	transaction_end(r, transaction, r->version_count);
	for (uint32_t i = 0; i < r->version_count; i++)
		if (r->versions[i].file == RECOVER_IN_WAL && r->versions[i].frame <= live_frames)
			r->versions[i].live = true; /* the newest of a page; history_load keeps only that */
}

/* Journal records follow each header, which begins at a sector's start; a header that was zeroed (PERSIST) tells nothing. */
static void journal_read(struct recover *r)
{
	uint8_t h[JOURNAL_HEADER] = { 0 };
	if (input_read(&r->journal, h, 0, sizeof(h)) < sizeof(h))
		return;
	bool hot = memcmp(h, journal_magic, 8) == 0 && be32_at(h + 8) != 0;
	uint32_t sector = hot ? be32_at(h + 20) : 512;
	if (!size_valid(sector))
		sector = 512;
	if (hot && be32_at(h + 24) != r->page_size) {
		note_add(r, 24, "the journal's page size is not the database's: it is left aside");
		return;
	}
	uint32_t record = 0, most = r->db_pages + (uint32_t)(r->journal.size / r->page_size) + 1024;
	uint64_t at = sector;
	while (at + 8 < r->journal.size && !r->truncated && !r->nomem) {
		uint64_t aligned = (at + sector - 1) / sector * sector;
		uint8_t head[8];
		if (input_read(&r->journal, head, aligned, 8) == 8 && memcmp(head, journal_magic, 8) == 0) {
			at = aligned + sector;
			continue;
		}
		if (input_read(&r->journal, head, at, 4) < 4)
			break;
		uint32_t page = be32_at(head);
		if (!page || page > most) {
			at = aligned > at ? aligned : at + sector;
			continue;
		}
		record++;
		version_add(r, (struct version){ .page = page, .frame = record, .offset = at + 4, .age = record, .until = UINT32_MAX,
						 .file = RECOVER_IN_JOURNAL, .live = hot && r->limits.hot_journal });
		at += 8 + (uint64_t)r->page_size;
	}
	if (hot && !r->limits.hot_journal)
		note_add(r, 0, "a hot rollback journal: the database file is taken as it stands, the journal as what was before");
}

static int version_order(const void *a, const void *b)
{
	const struct version *x = a, *y = b;
	if (x->page != y->page)
		return x->page < y->page ? -1 : 1;
	return x->age < y->age ? -1 : x->age > y->age;
}

/* One image of a page is live at most: the newest committed frame, else the first journal record. */
static void live_settle(struct recover *r)
{
	for (uint32_t i = 0; i < r->version_count;) {
		uint32_t j = i, frame = UINT32_MAX, before = UINT32_MAX;
		for (; j < r->version_count && r->versions[j].page == r->versions[i].page; j++) {
			struct version *v = &r->versions[j];
			if (v->live && v->file == RECOVER_IN_WAL)
				frame = j;
			if (v->live && v->file == RECOVER_IN_JOURNAL && before == UINT32_MAX)
				before = j;
			v->live = false;
		}
		if (frame != UINT32_MAX)
			r->versions[frame].live = true;
		else if (before != UINT32_MAX)
			r->versions[before].live = true;
		i = j;
	}
}

enum err history_load(struct recover *r)
{
	header_read(r);
	if (!r->page_size)
		return err_set(ERR_FORMAT, "no SQLite database: no header, no page and no WAL that could be read");
	r->page = calloc(3, r->page_size + 64);
	r->window = malloc(WINDOW);
	if (!r->page || !r->window)
		return ERR_NOMEM;
	r->other = r->page + r->page_size + 64;
	r->third = r->other + r->page_size + 64;
	if (r->db.read)
		r->db_pages = (uint32_t)((r->db.size + r->page_size - 1) / r->page_size > UINT32_MAX / 2 ? UINT32_MAX / 2 :
					 (r->db.size + r->page_size - 1) / r->page_size);
	if (r->wal.read)
		wal_read(r);
	if (r->journal.read)
		journal_read(r);
	r->db_age = AGE_DB;
	if (r->nomem)
		return ERR_NOMEM;
	if (r->version_count)
		qsort(r->versions, r->version_count, sizeof(*r->versions), version_order);
	live_settle(r);
	r->page_count = r->db_pages;
	/* A page number far beyond all that is there is a lie, and would only cost memory. */
	uint64_t most = (uint64_t)r->db_pages + r->version_count + 100000;
	while (r->version_count && r->versions[r->version_count - 1].page > most)
		r->version_count--;
	if (r->version_count && r->versions[r->version_count - 1].page > r->page_count)
		r->page_count = r->versions[r->version_count - 1].page;
	r->use = calloc((size_t)r->page_count + 2, 1);
	r->owner = malloc(((size_t)r->page_count + 2) * sizeof(*r->owner));
	r->quiet = calloc((size_t)r->page_count + 2, sizeof(*r->quiet));
	if (!r->use || !r->owner || !r->quiet)
		return ERR_NOMEM;
	memset(r->owner, 0xff, ((size_t)r->page_count + 2) * sizeof(*r->owner));
	if (!r->page_count)
		return err_set(ERR_FORMAT, "no SQLite database: no page in any of the files");
	/* What the live first page says. */
	r->encoding = 1;
	if (history_read(r, 1, history_live(r, 1), r->page) && memcmp(r->page, "SQLite format 3", 16) == 0) {
		uint32_t encoding = be32_at(r->page + 56);
		if (!r->header_ok && r->page_size - r->page[20] >= 480)
			r->usable = r->page_size - r->page[20];
		r->header_ok = true;
		r->encoding = encoding >= 1 && encoding <= 3 ? (int)encoding : 1;
		r->auto_vacuum = be32_at(r->page + 52) != 0;
		r->freelist = be32_at(r->page + 32);
		r->stated = be32_at(r->page + 28);
	}
	if (r->stated < r->page_count)
		r->stated = r->page_count;
	r->ever = r->auto_vacuum && r->stated < UINT32_MAX / EVER ? r->stated * EVER : r->stated;
	return OK;
}

uint32_t history_of(const struct recover *r, uint32_t page, uint32_t *ret_first)
{
	uint32_t low = 0, high = r->version_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (r->versions[middle].page < page)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_first = low;
	while (low < r->version_count && r->versions[low].page == page)
		low++;
	return low;
}

uint32_t history_live(const struct recover *r, uint32_t page)
{
	if (!r->version_count)
		return VERSION_DB;
	uint32_t first, end = history_of(r, page, &first);
	for (uint32_t i = first; i < end; i++)
		if (r->versions[i].live)
			return i;
	return VERSION_DB;
}

uint64_t history_offset(const struct recover *r, uint32_t page, uint32_t version)
{
	return version == VERSION_DB ? (uint64_t)(page - 1) * r->page_size : r->versions[version].offset;
}

/* A page of the database file by way of the window. */
static size_t window_read(struct recover *r, uint8_t *to, uint64_t offset)
{
	if (offset < r->window_at || offset >= r->window_at + r->window_size) {
		if (r->sparse)
			return input_read(&r->db, to, offset, r->page_size);
		r->window_at = offset / WINDOW * WINDOW;
		r->window_size = input_read(&r->db, r->window, r->window_at, WINDOW);
		if (offset >= r->window_at + r->window_size)
			return 0;
	}
	size_t at = (size_t)(offset - r->window_at), n = r->window_size - at < r->page_size ? r->window_size - at : r->page_size;
	memcpy(to, r->window + at, n);
	return n;
}

bool history_read(struct recover *r, uint32_t page, uint32_t version, uint8_t *to)
{
	if (!page || page > r->page_count || (version == VERSION_DB && page > r->db_pages))
		return false;
	size_t n;
	if (version == VERSION_DB)
		n = window_read(r, to, history_offset(r, page, version));
	else
		n = input_read(r->versions[version].file == RECOVER_IN_WAL ? &r->wal : &r->journal, to, r->versions[version].offset,
			       r->page_size);
	if (n < r->page_size)
		memset(to + n, 0, r->page_size - n);
	r->page_have = n < r->usable ? (uint32_t)n : r->usable;
	return n > 0;
}
