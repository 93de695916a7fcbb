/* A database file with its WAL or hot journal laid over it. See sqlite_file.h and docs/formats/sqlite.md. */
#include "formats/sqlite_file.h"

#include <stdlib.h>

#include "formats/sqlite_overlay.h"

struct sqlite_file {
	struct sqlite_input db, wal, journal;
	uint32_t page_size;
	uint64_t pages;
	struct overlay over;
};

/* Page 1 as `o` holds it, in fresh memory; NULL when it holds none or it cannot be read. */
static uint8_t *overlay_first(const struct overlay *o, struct sqlite_input wal)
{
	uint64_t frame = overlay_find(o, 1);
	uint8_t *page = frame ? malloc(o->page_size) : NULL;
	if (page &&
	    overlay_read(wal, page, wal_frame_offset(frame, o->page_size) + WAL_FRAME_HEADER_SIZE, o->page_size) < 0) {
		free(page);
		page = NULL;
	}
	return page;
}

/* Why the WAL cannot belong to the database as it stands, or NULL. Only what can be proved: page 1 must be rewritten
 * whenever the size, the schema or the change counter changes, and the counter never runs backwards. */
static const char *wal_misfit(const struct sqlite_file *f, const struct sqlite_header *db, const struct overlay *o,
			      bool *ret_gap)
{
	*ret_gap = false;
	if (o->page_size != db->page_size)
		return "its page size is not the database's";
	uint8_t *first = overlay_first(o, f->wal);
	if (!first) {
		bool sized = db->change_counter == db->version_valid_for && db->pages != 0;
		return sized && o->pages != db->pages ? "it states another size and holds no page 1: another database's"
						      : NULL;
	}
	const char *why = NULL;
	struct sqlite_header w = sqlite_header_parse(first);
	if (w.page_size != db->page_size) {
		why = "its page 1 is no database header of this page size";
	} else if (w.encoding && db->encoding && w.encoding != db->encoding) {
		why = "its text encoding is not the database's: another database's";
	} else if ((int32_t)(w.change_counter - db->change_counter) < 0) {
		why = "it is older than the database (change counter): stale, or another database's";
	} else if (w.schema_cookie == db->schema_cookie) {
		uint8_t *own = malloc(db->page_size);
		if (own && overlay_read(f->db, own, 0, db->page_size) == OK &&
		    memcmp(own + SQLITE_HEADER_SIZE, first + SQLITE_HEADER_SIZE, db->page_size - SQLITE_HEADER_SIZE) !=
			    0)
			why = "same schema version, other schema: another database's";
		free(own);
	}
	*ret_gap = o->has_first && (int32_t)(o->first_counter - db->change_counter) > 1;
	free(first);
	return why;
}

/* Decides what the WAL is worth. */
static enum err open_wal(struct sqlite_file *f, const struct sqlite_header *db, const struct overlay_notes *n)
{
	enum err e = overlay_scan_wal(f->wal, n, &f->over);
	if (e < 0 || f->over.kind == OVERLAY_NONE)
		return e;
	if (db->page_size == 0) {
		uint8_t *first = overlay_first(&f->over, f->wal);
		bool stands_in = first && sqlite_header_parse(first).page_size == f->over.page_size;
		free(first);
		if (!stands_in) {
			overlay_note(
				n, 0,
				"write-ahead log left aside: the database file is empty and the log holds no page 1");
			overlay_clear(&f->over);
		}
		return OK;
	}
	bool gap;
	const char *why = wal_misfit(f, db, &f->over, &gap);
	if (why) {
		overlay_note(n, 0, "write-ahead log left aside: %s", why);
		overlay_clear(&f->over);
	} else if (gap) {
		overlay_note(n, 0,
			     "write-ahead log begins later than the database file ends (change counter): "
			     "transactions between the two are missing, or it is another database's");
	}
	return OK;
}

static enum err open_journal(struct sqlite_file *f, const struct sqlite_header *db, const struct overlay_notes *n)
{
	struct overlay o;
	enum err e = overlay_scan_journal(f->journal, n, db->page_size, &o);
	if (e < 0 || o.kind == OVERLAY_NONE)
		return e;
	const char *why = NULL;
	if (f->over.kind == OVERLAY_WAL)
		why = "a write-ahead log is laid over the database";
	else if (db->page_size == 0)
		why = "the database file is empty";
	else if (o.page_size != db->page_size) {
		/* A VACUUM that was changing the page size: then the journal holds page 1 as it was. */
		uint8_t first[SQLITE_HEADER_SIZE];
		uint64_t at = overlay_find(&o, 1);
		if (!at || overlay_read(f->journal, first, at, sizeof first) < 0 ||
		    sqlite_header_parse(first).page_size != o.page_size)
			why = "its page size is not the database's";
	}
	if (why) {
		overlay_note(n, 0, "rollback journal left aside: %s", why);
		overlay_clear(&o);
		return OK;
	}
	f->over = o;
	return OK;
}

/* The size without an overlay: what the header states where it can be believed, so that a truncated database keeps its
 * intact tables (the missing pages read as zeros); otherwise the file's own. */
static uint64_t own_pages(const struct sqlite_file *f, const struct sqlite_header *db, const struct overlay_notes *n)
{
	uint64_t in_file = f->db.size / f->page_size + (f->db.size % f->page_size != 0);
	if (db->change_counter == db->version_valid_for && db->pages > in_file) {
		overlay_note(n, f->db.size, "database is truncated: %u pages stated, %llu there", db->pages,
			     (unsigned long long)in_file);
		return db->pages;
	}
	if (f->db.size % f->page_size)
		overlay_note(n, f->db.size, "database ends inside page %llu", (unsigned long long)in_file);
	return in_file;
}

static enum err open_layers(struct sqlite_file *f, const struct overlay_notes *n)
{
	struct sqlite_header db = { 0 };
	if (f->db.size) {
		uint8_t bytes[SQLITE_HEADER_SIZE];
		enum err e = overlay_read(f->db, bytes, 0, sizeof bytes);
		if (e == ERR_TRUNCATED)
			return err_set(ERR_FORMAT, "shorter than a database header");
		if (e < 0)
			return e;
		db = sqlite_header_parse(bytes);
		if (memcmp(bytes, "SQLite format 3", 16) != 0)
			return err_set(ERR_FORMAT, "no SQLite database header (another format, or encrypted)");
		if (!db.page_size)
			return err_set(ERR_FORMAT, "database header states the impossible page size %u",
				       (unsigned)bytes[16] << 8 | bytes[17]);
	}
	enum err e = open_wal(f, &db, n);
	if (e == OK)
		e = open_journal(f, &db, n);
	if (e < 0)
		return e;
	if (f->over.kind != OVERLAY_NONE) {
		f->page_size = f->over.page_size;
		f->pages = f->over.pages;
	} else if (db.page_size) {
		f->page_size = db.page_size;
		f->pages = own_pages(f, &db, n);
	} else {
		f->page_size = 4096; /* an empty file is an empty database: SQLite's default size */
	}
	return OK;
}

enum err sqlite_file_open(struct sqlite_input db, struct sqlite_input wal, struct sqlite_input journal,
			  sqlite_note_fn *note, void *note_context, struct sqlite_file **ret)
{
	*ret = NULL;
	struct sqlite_file *f = calloc(1, sizeof *f);
	if (!f)
		return err_set(ERR_NOMEM, "no memory to open a database");
	f->db = db;
	f->wal = wal;
	f->journal = journal;
	if (!db.read)
		f->db.size = 0;
	struct overlay_notes n = { note, note_context };
	enum err e = open_layers(f, &n);
	if (e < 0) {
		sqlite_file_free(f);
		return e;
	}
	*ret = f;
	return OK;
}

void sqlite_file_free(struct sqlite_file *f)
{
	if (!f)
		return;
	overlay_clear(&f->over);
	free(f);
}

uint32_t sqlite_file_page_size(const struct sqlite_file *f) { return f->page_size; }

uint64_t sqlite_file_pages(const struct sqlite_file *f) { return f->pages; }

uint64_t sqlite_file_pages_there(const struct sqlite_file *f)
{
	uint64_t most = f->db.size / f->page_size + 1 + f->over.used;
	return f->pages < most ? f->pages : most;
}

int64_t sqlite_file_page_source(const struct sqlite_file *f, uint32_t page)
{
	uint64_t at = overlay_find(&f->over, page);
	return at == 0 ? 0 : f->over.kind == OVERLAY_WAL ? (int64_t)at : -1;
}

struct sqlite_spot sqlite_file_spot(const struct sqlite_file *f, uint32_t page)
{
	uint64_t at = overlay_find(&f->over, page);
	if (at && f->over.kind == OVERLAY_WAL)
		return (struct sqlite_spot){ SQLITE_PART_WAL, (uint32_t)at, wal_frame_offset(at, f->page_size) + WAL_FRAME_HEADER_SIZE };
	if (at)
		return (struct sqlite_spot){ SQLITE_PART_JOURNAL, 0, at };
	return (struct sqlite_spot){ SQLITE_PART_DB, 0, page ? (uint64_t)(page - 1) * f->page_size : 0 };
}

/* `size` bytes within one page; what is not in the file reads as 0. */
static int64_t page_read(struct sqlite_file *f, uint8_t *to, uint32_t page, uint32_t inside, size_t size)
{
	struct sqlite_spot spot = sqlite_file_spot(f, page);
	const struct sqlite_input *in = spot.part == SQLITE_PART_WAL ? &f->wal : spot.part == SQLITE_PART_JOURNAL ? &f->journal : &f->db;
	int64_t got = in->read && spot.offset < in->size ? in->read(in->context, to, spot.offset + inside, size) : 0;
	if (got < 0)
		return got;
	if ((uint64_t)got < size)
		memset(to + got, 0, size - (size_t)got);
	return (int64_t)size;
}

int64_t sqlite_file_read(struct sqlite_file *f, void *to, uint64_t offset, size_t size)
{
	/* No overflow: pages is a 32-bit number or a file's size divided by the page size. */
	uint64_t all = f->pages * f->page_size;
	if (offset >= all)
		return 0;
	if (size > all - offset)
		size = (size_t)(all - offset);
	uint8_t *p = to;
	for (size_t done = 0; done < size;) {
		uint64_t page = (offset + done) / f->page_size + 1;
		uint32_t inside = (uint32_t)((offset + done) % f->page_size);
		size_t part = f->page_size - inside;
		if (part > size - done)
			part = size - done;
		if (page > UINT32_MAX)
			return (int64_t)done;
		int64_t got = page_read(f, p + done, (uint32_t)page, inside, part);
		if (got < 0)
			return got;
		done += part;
	}
	/* WAL mode would make SQLite look for a log of its own. */
	for (uint64_t i = 18; i < 20; i++)
		if (i >= offset && i - offset < size)
			p[i - offset] = 1;
	return (int64_t)size;
}
