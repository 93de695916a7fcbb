/* Scan of a rollback journal: which original pages it holds. See docs/formats/sqlite.md. */
#include <stdlib.h>

#include "formats/sqlite_overlay.h"

enum { JOURNAL_HEADER_SIZE = 28 };

static const uint8_t journal_magic[8] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7 };

struct journal_header {
	uint32_t records, nonce, pages, sector_size, page_size;
};

static bool journal_header(struct sqlite_input in, uint64_t offset, struct journal_header *ret)
{
	uint8_t bytes[JOURNAL_HEADER_SIZE];
	if (overlay_read(in, bytes, offset, sizeof bytes) < 0)
		return false;
	struct span s = span_of(bytes, sizeof bytes);
	if (!span_match(&s, journal_magic, sizeof journal_magic))
		return false;
	ret->records = span_be32(&s);
	ret->nonce = span_be32(&s);
	ret->pages = span_be32(&s);
	ret->sector_size = span_be32(&s);
	ret->page_size = span_be32(&s);
	return true;
}

/* The nonce plus every 200th byte, counted from the page's end. */
static uint32_t journal_sum(uint32_t nonce, const uint8_t *page, uint32_t size)
{
	for (uint32_t i = size - 200; i > 0 && i < size; i -= 200)
		nonce += page[i];
	return nonce;
}

/* A transaction over several databases names a super-journal at the end: whether it was committed cannot be told from
 * here. */
static void journal_super(struct sqlite_input in, const struct overlay_notes *n)
{
	uint8_t end[8];
	if (in.size >= 16 && overlay_read(in, end, in.size - 8, 8) == OK && memcmp(end, journal_magic, 8) == 0)
		overlay_note(n, in.size - 16,
			     "rollback journal names a super-journal: its transaction over several databases is "
			     "taken as not committed");
}

struct journal_scan {
	struct sqlite_input in;
	const struct overlay_notes *notes;
	struct overlay *map;
	struct journal_header first;
	uint8_t *bytes; /* one record */
};

/* The records of one segment. False where the journal ends. */
static bool journal_segment(struct journal_scan *j, const struct journal_header *h, uint64_t *offset, enum err *ret_err)
{
	uint32_t page_size = j->first.page_size;
	uint64_t record = (uint64_t)page_size + 8, fit = (j->in.size - *offset) / record;
	uint64_t count = h->records == UINT32_MAX || h->records > fit ? fit : h->records;
	for (uint64_t i = 0; i < count; i++, *offset += record) {
		if (*offset / 8 > UINT32_MAX || overlay_read(j->in, j->bytes, *offset, record) < 0) {
			overlay_note(j->notes, *offset, "rollback journal cannot be read further");
			return false;
		}
		struct span s = span_of(j->bytes, record);
		uint32_t page = span_be32(&s), stated;
		span_skip(&s, page_size);
		stated = span_be32(&s);
		if (page == 0 || page == (1u << 30) / page_size + 1 ||
		    stated != journal_sum(h->nonce, j->bytes + 4, page_size)) {
			overlay_note(j->notes, *offset, "rollback journal ends: record of page %u has a wrong checksum",
				     page);
			return false;
		}
		if (page > j->first.pages)
			continue;
		*ret_err = overlay_put(j->map, page, (uint32_t)(*offset / 8), 0);
		if (*ret_err < 0)
			return false;
	}
	return true;
}

enum err overlay_scan_journal(struct sqlite_input in, const struct overlay_notes *n, uint32_t page_size,
			      struct overlay *ret)
{
	*ret = (struct overlay){ 0 };
	struct journal_scan j = { .in = in, .notes = n, .map = ret };
	/* No header, a zeroed one (journal_mode=PERSIST) or an empty file: no transaction was under way. */
	if (!in.read || in.size < JOURNAL_HEADER_SIZE || !journal_header(in, 0, &j.first))
		return OK;
	if (j.first.page_size == 0)
		j.first.page_size = page_size;
	if (!sqlite_page_size_ok(j.first.page_size) || j.first.sector_size < 32 || j.first.sector_size > 65536 ||
	    (j.first.sector_size & (j.first.sector_size - 1)) != 0) {
		overlay_note(n, 20, "rollback journal left aside: sector size %u, page size %u", j.first.sector_size,
			     j.first.page_size);
		return OK;
	}
	j.bytes = malloc((size_t)j.first.page_size + 8);
	if (!j.bytes)
		return err_set(ERR_NOMEM, "no memory to read a rollback journal");
	ret->page_size = j.first.page_size;
	enum err e = OK;
	struct journal_header h;
	uint64_t sector = j.first.sector_size, at = 0, segments = 0;
	/* Each segment takes at least one sector, so the loop is bounded by the file's size. */
	while (at < in.size && in.size - at >= sector && journal_header(in, at, &h)) {
		/* 0 records: written but never synced, so the database was not touched on its account yet. */
		if (h.records == 0)
			break;
		uint64_t records = at + sector;
		segments++;
		if (!journal_segment(&j, &h, &records, &e))
			break;
		at = (records + sector - 1) / sector * sector;
	}
	free(j.bytes);
	if (e == ERR_LIMIT)
		e = err_set(ERR_LIMIT, "a rollback journal touches too many pages");
	if (e < 0 || segments == 0) {
		overlay_clear(ret);
		return e;
	}
	ret->kind = OVERLAY_JOURNAL;
	ret->pages = j.first.pages;
	overlay_note(n, 0, "hot rollback journal: a transaction was under way; %zu original pages are laid over",
		     ret->used);
	journal_super(in, n);
	return OK;
}
