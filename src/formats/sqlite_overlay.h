/* sqlite_overlay: which pages a WAL or a hot rollback journal holds, and where. Internal to formats/; see
 * sqlite_file.h.
 *
 * Memory is bounded by the number of distinct pages touched (12 bytes each), not by the length of the log. */
#ifndef CUSTOS_FORMATS_SQLITE_OVERLAY_H
#define CUSTOS_FORMATS_SQLITE_OVERLAY_H

#include "formats/sqlite_file.h"

enum {
	SQLITE_HEADER_SIZE = 100,
	WAL_HEADER_SIZE = 32,
	WAL_FRAME_HEADER_SIZE = 24,
	OVERLAY_PAGES_MOST = 6 << 20, /* distinct pages: a map of 100 MB; a log that touches more is read up to there */
};

enum overlay_kind { OVERLAY_NONE, OVERLAY_WAL, OVERLAY_JOURNAL };

/* Page 0 marks an empty slot (no page has that number). */
struct overlay_slot {
	uint32_t page;
	uint32_t newest; /* WAL: 1-based frame; journal: offset of the page's record / 8 */
	uint32_t before; /* WAL: the page's newest frame of an earlier commit, or 0; used while `newest` is not
			    committed */
};

/* The parts of a database header that tell one database from another. */
struct sqlite_header {
	uint32_t page_size; /* 0: no plausible header */
	uint32_t change_counter, pages, schema_cookie, encoding, version_valid_for;
};

struct overlay {
	enum overlay_kind kind;
	uint32_t page_size;
	uint64_t pages;	 /* size of the database that it leads to */
	uint64_t frames; /* WAL: frames up to the last commit */
	struct overlay_slot *slots;
	size_t room, used;	/* room: a power of two or 0 */
	bool has_first;		/* WAL: a committed page 1 was seen */
	uint32_t first_counter; /* WAL: change counter of the earliest committed page 1 */
};

struct overlay_notes {
	sqlite_note_fn *fn; /* may be NULL */
	void *context;
};
void overlay_note(const struct overlay_notes *n, uint64_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Parses the 100 bytes at `bytes`. */
struct sqlite_header sqlite_header_parse(const uint8_t *bytes);

/* Scans. OK with kind OVERLAY_NONE when there is nothing to lay over (and a note where that is not the usual state). */
enum err overlay_scan_wal(struct sqlite_input in, const struct overlay_notes *n, struct overlay *ret);
enum err overlay_scan_journal(struct sqlite_input in, const struct overlay_notes *n, uint32_t page_size,
			      struct overlay *ret);
void overlay_clear(struct overlay *o);

/* WAL: frame of the page, journal: offset of its bytes; 0 when it holds none. Pages beyond the committed size are none.
 */
uint64_t overlay_find(const struct overlay *o, uint32_t page);

/* Puts a slot in; ERR_NOMEM, or ERR_LIMIT when the map is full. */
enum err overlay_put(struct overlay *o, uint32_t page, uint32_t newest, uint32_t last_commit);

/* Reads all `size` bytes; ERR_TRUNCATED when fewer are there, ERR_IO. */
enum err overlay_read(struct sqlite_input in, void *to, uint64_t offset, size_t size);

static inline uint64_t wal_frame_offset(uint64_t frame, uint32_t page_size)
{
	return WAL_HEADER_SIZE + (frame - 1) * (WAL_FRAME_HEADER_SIZE + (uint64_t)page_size);
}

static inline bool sqlite_page_size_ok(uint32_t n) { return n >= 512 && n <= 65536 && (n & (n - 1)) == 0; }

#endif
