/* sqlite_engine: what the files of the recovery engine share. Not for others: they use formats/sqlite_recover.h. */
#ifndef CUSTOS_FORMATS_SQLITE_ENGINE_H
#define CUSTOS_FORMATS_SQLITE_ENGINE_H

#include "base/arena.h"
#include "base/text.h"
#include "formats/sqlite_page.h"
#include "formats/sqlite_recover.h"

/* One image of a page that is not in the database file. Database images are implied by the page number. */
struct version {
	uint32_t page;
	uint32_t frame;  /* 1-based frame or record */
	uint64_t offset; /* of the image in its file */
	uint64_t age;    /* greater is later */
	uint64_t until;  /* age of the last image of its transaction */
	uint64_t since;  /* a time just before the first of them */
	uint8_t file;    /* enum recover_file */
	bool live;       /* this is the image that SQLite sees */
};

/* A set of 64-bit hashes; 0 is never a member. */
struct hash_set {
	uint64_t *slots;
	size_t room, count;
	uint64_t later[64]; /* waiting for their slots to come into the cache */
	int waiting;
};

/* Rowids in use, as runs: live rowids are mostly consecutive. */
struct run {
	int64_t low, high;
};

struct runs {
	struct run *at;
	size_t count, room;
	bool sorted;
};

/* What live rows and whole recovered ones taught about a column (by record position). */
struct column_stats {
	uint32_t nulls, ints, reals, texts, blobs, zeros, ones;
	uint32_t serial[10]; /* how often each fixed serial type */
	int64_t low, high;
	uint32_t text_low, text_high; /* bytes */
	uint32_t first[4], last[4]; /* what texts begin and end with: text_end() */
	uint32_t strange; /* texts with control characters or broken encoding */
};

struct table {
	struct recover_table pub;
	struct column_stats *stats; /* one for each record position */
	uint32_t sampled;
	uint32_t least_columns; /* fewest columns seen in a record: ALTER TABLE ADD COLUMN leaves short ones */
	struct runs rowids;     /* of live rows */
	bool shadow;            /* FTS or other shadow table: rows are not offered */
	bool is_schema;
};

/* A cell, intact or damaged, with what is needed to read it again. Offsets are in its page. There are as many as rows found: kept small. */
struct cell {
	uint32_t at, end; /* in the page: first byte, one past the last that is local */
	uint32_t serials_at; /* first serial type that stands */
	uint32_t body_at;
	uint32_t local;     /* payload bytes in the page, header included */
	uint32_t overflow;  /* first overflow page or 0 */
	int64_t rowid;
	uint32_t payload;   /* whole size of header and body: at most INT32_MAX */
	uint32_t lost_serial[2]; /* serial types that were overwritten, as concluded */
	uint16_t header;    /* size of the (rebuilt) record header: at most 3 * SCHEMA_COLUMNS */
	uint16_t columns;
	uint8_t lost;       /* how many leading serial types were overwritten */
	uint8_t doubt;      /* of those, how many have a type (not a length) that is a guess; 2: lengths, too */
	bool rowid_known;
	bool rowid_inferred; /* an index entry gave it */
	bool damaged;       /* the first bytes were overwritten */
	bool cut;           /* the page does not hold all of its local part */
	bool shared;        /* a live row was made of this one by writing into the same overflow pages */
	bool pointed;       /* its page's own pointer leads to it */
};

/* A column that a row lost and an index entry had. */
struct patch {
	int position; /* in the record */
	uint64_t serial;
	size_t size;
	const uint8_t *bytes;
	bool torn; /* two entries disagree: not used */
};

struct candidate {
	struct cell cell;
	uint64_t hash;    /* of serial types and content (not whole: of its start) */
	uint64_t start;   /* of serial types and the start of content */
	struct patch *patch; /* or NULL */
	uint32_t page;
	uint32_t version; /* index into versions, or VERSION_DB */
	uint32_t have;    /* bytes of its content that stand from the start on */
	float fit;
	float bits; /* row_bits() */
	uint32_t origins;
	int16_t table, also; /* TABLES_MOST fits */
	uint16_t index;   /* position + 1 of the index whose entry this is; 0: a row */
	uint8_t state;
	uint8_t fate;
	uint8_t context; /* enum region */
	bool owned;     /* by the table whose the page image is */
	bool confirmed; /* an index entry says the same */
	bool whole;     /* all of its content stands */
	bool dropped;   /* equal to a live row or to another candidate */
};

/* Where a row was found, as far as it says what rows can be there. */
enum region {
	REGION_CELL,  /* a pointer leads there */
	REGION_CHAIN, /* a block freed in the page's present use */
	REGION_GAP,   /* between pointers and cells, or behind an overflow page's content: anything that the page ever was */
	REGION_BARE,  /* a page without a header */
};

#define VERSION_DB UINT32_MAX
enum { START_BYTES = 24 };
enum { SMALL_ROW = 8 }; /* content of so few bytes can be equal by chance */

struct slack {
	uint32_t page, version, used;
};

/* A row that a page image's content is of. */
struct claim {
	uint32_t page, version, used;
	uint32_t rank;  /* how sure that is: 0 to 2 */
	uint32_t local; /* hash of what stands in the row's own page */
	bool rowid_known;
	int64_t rowid;
};

/* Why a chain of overflow pages ended where it did. */
enum chain_stop { STOP_NONE, STOP_USED, STOP_TRUNK, STOP_LINK, STOP_NEVER, STOP_CONTENT, STOP_ABSENT, STOP_SHARED, STOP_LIMIT };

struct tree { /* an entry of sqlite_schema with a root page */
	uint32_t root;
	int table; /* index into tables; -2, -3 …: of indexes */
};

enum { INDEX_COLUMNS = 32 };

/* An index of the live schema, or of an earlier one. */
struct index {
	struct schema_index schema; /* of an automatic one: only name and table */
	int table;                  /* -1: not one whose entries can be used */
	int count;
	uint16_t positions[INDEX_COLUMNS]; /* of its columns in the table's record */
	struct run likely; /* what rowids its rows may have had */
	uint32_t pairs, same; /* live neighbours compared, and how many were equal but for the rowid */
};

#define OWNER_ENTRIES INT32_MIN /* an index that is not known */
static inline int index_owner(int index) { return -2 - index; }
static inline int owner_index(int owner) { return owner <= -2 && owner != OWNER_ENTRIES ? -2 - owner : -1; }

struct recover {
	struct sqlite_input db, wal, journal;
	struct recover_limits limits;
	sqlite_note_fn *note;
	void *note_context;
	struct arena arena;
	bool nomem, truncated;

	uint32_t page_size, usable;
	uint32_t db_pages;   /* whole or partial pages in the database file */
	uint32_t page_count; /* greatest page number in any file */
	uint32_t stated;     /* the same, or what the header says if that is more: the file was cut */
	uint32_t ever;       /* numbers of pages that were there once: auto_vacuum gives pages back */
	int encoding;        /* 1 UTF-8, 2 UTF-16le, 3 UTF-16be */
	bool header_ok, auto_vacuum, damaged_trees, schema_ok, has_without_rowid;
	uint32_t freelist;
	uint32_t wal_page_size;

	struct version *versions; /* sorted by page, then by age */
	uint32_t version_count, version_room;
	uint64_t db_age; /* of the database file's own images */

	uint8_t *window; /* a stretch of the database file: reads are mostly near one another */
	uint64_t window_at;
	bool sparse; /* pages of one kind are wanted now, that lie scattered: read one by one */
	size_t window_size;
	uint8_t *use;   /* enum recover_page of each page, from 1 */
	bool *quiet;    /* of each page in a tree: neither freed blocks nor anything in its gap */
	int32_t *owner; /* table of each page, or index_owner() of its index, or -1 */

	struct table **tables;
	int table_count, table_room;
	struct index *indexes;
	struct match *match; /* NULL: no index of use */
	int index_count, index_more;
	struct tree *trees;
	int tree_count, tree_room;
	struct table **shapes; /* what the entries of each index look like; NULL: none is known */
	int shape_count;
	struct slack *again; /* images where a table that little is known of could have had rows */
	uint32_t again_count, again_room;
	struct slack *bare; /* images that are no b-tree page */
	uint32_t bare_count, bare_room;
	bool foreign;       /* the region under work was most likely an overflow page's */
	double proof; /* bits for the row that is being added, its neighbours counted */
	bool second;         /* these are being read again */
	bool any_number; /* a number out of the range seen is no reason to doubt */
	bool alien;          /* the image's cells fit no table that is known */
	int image;   /* whose the image under work is, as in `owner` */
	int before[4], before_count; /* and whose, of tables, its page was before, as far as it is known */
	int context; /* enum region: what is under work */
	int only; /* the one table that the region under work can hold rows of, or -1 */
	uint8_t only_type; /* the type of the b-tree pages whose cells it can hold, or 0 */

	struct hash_set live_rows;   /* serial types and content */
	struct hash_set live_small;  /* content and rowid of rows with so little content that it says nothing alone */
	struct hash_set live_keys;   /* WITHOUT ROWID tables: primary keys */
	struct slack *slack;         /* what the last pages of live overflow chains have left over */
	uint32_t slack_count, slack_room;
	struct hash_set live_heads;  /* first overflow pages of live rows, with their rowids */
	struct hash_set claimed;     /* hashes of the claims */
	struct claim *claims;        /* sorted by claims_sort() */
	uint32_t claim_count, claim_room;
	bool claims_known; /* no more will come */
	struct slack *visits;
	uint32_t visit_count, visit_room;
	bool claiming;
	struct then *owners_then; /* NULL: there are no images but the database's */
	struct freelist {
		bool read, known;
		uint32_t version;  /* of the first page, which says where it begins */
		uint32_t size;     /* of the database */
		uint32_t *pages;   /* twice the number, and 1 for a trunk; sorted */
		uint32_t count, room;
	} then; /* as of the time that was asked for last */
	uint32_t *following; /* what a trunk lists */
	uint32_t following_count, following_at;
	uint64_t links; /* followed so far */
	uint64_t loose; /* freed overflow pages of no row that was found */
	/* What cell_body() found: where the chain broke, and from which byte of the content on it stands again (its size: nowhere). */
	uint32_t stop_page;
	enum chain_stop stop;
	uint64_t tail;
	uint64_t *index; /* of candidates by hash (sqlite_settle.c); index_room a power of two */
	uint32_t index_room;
	struct candidate *found;
	uint32_t found_count, found_room;
	uint64_t copies; /* images of live rows passed over */
	uint64_t moved;  /* of those, under another rowid */
	uint64_t zeroed_blocks, zeroed_pages; /* freed, and holding zeros only */

	uint32_t page_have; /* how many bytes of the page read last are in its file: the last page can be cut */
	struct ends *ends; /* what cell_boundary() said of the region at hand */
	uint8_t *page;    /* the page being read */
	uint8_t *other;   /* a second one */
	uint8_t *third;
	uint8_t *payload; /* a whole payload put together */
	size_t payload_room;
	struct buf text; /* the present row's texts, as UTF-8 */
	uint64_t serials[SCHEMA_COLUMNS];
	struct recover_value values[SCHEMA_COLUMNS];
	uint64_t notes;
};

/* --- sqlite_history.c: files → page images --- */
enum err history_load(struct recover *r);
/* Reads the image of `page`: `version` VERSION_DB for the database file. Short images are zero-filled; false when nothing is there. */
bool history_read(struct recover *r, uint32_t page, uint32_t version, uint8_t *to);
/* Which image of `page` is live: VERSION_DB or an index. */
uint32_t history_live(const struct recover *r, uint32_t page);
/* The images of `page`: [*ret_first, return value). */
uint32_t history_of(const struct recover *r, uint32_t page, uint32_t *ret_first);
uint64_t history_offset(const struct recover *r, uint32_t page, uint32_t version);
void note_add(struct recover *r, uint64_t offset, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* --- sqlite_tree.c: live state: which page belongs to what; hashes and statistics of live rows --- */
enum err trees_walk(struct recover *r);
/* Which of the starts in `want` live rows begin with. */
void trees_starts(struct recover *r, const struct hash_set *want, uint32_t lengths, struct hash_set *met);

/* --- sqlite_tables.c: schema rows → tables --- */
int table_add(struct recover *r, const char *sql, size_t size, uint32_t root, bool live);
int table_add_unnamed(struct recover *r, int columns, bool first_null);
/* All of the schema is known: parts of full-text and other indexes are set aside. */
void tables_settle(struct recover *r);
void table_learn(struct recover *r, struct table *t, const uint64_t *serials, int count, const uint8_t *body, size_t size);
enum err tables_start(struct recover *r); /* the schema table itself */
/* Makes text of the schema table's column UTF-8 in the arena. */
const char *schema_text(struct recover *r, const uint8_t *p, size_t size, size_t *ret_size);

/* --- sqlite_cell.c: cells --- */
/* An intact cell at `at`; `limit` is one past the last byte it may take. Serial types are left in r->serials. */
bool cell_read(struct recover *r, const uint8_t *page, uint32_t at, uint32_t limit, bool with_rowid, bool table_leaf, struct cell *ret);
/* Serial types of `c` into r->serials, lost ones first. */
bool cell_serials(struct recover *r, const uint8_t *page, const struct cell *c);
/* Hashes over r->serials[0..columns) and content. */
uint64_t serials_hash(const uint64_t *serials, int columns);
/* How much of the content stands for the whole where a row is cut. */
static inline size_t start_size(const struct cell *c, size_t size)
{
	size_t most = c->local - c->header < START_BYTES ? c->local - c->header : START_BYTES;
	return size < most ? size : most;
}

/* --- sqlite_chain.c --- */
/* The content of a cell behind its header, overflow pages and all; `*ret_size` is less than c->payload - c->header when it is cut or
 * the chain breaks: then r->stop_page, r->stop and r->tail. Needs the serial types in r->serials. Valid until the next call. */
enum chain {
	CHAIN_OLD,  /* of a row that is no more: pages in other use now are not its */
	CHAIN_MARK, /* live: note its pages' use */
	CHAIN_LIVE, /* live */
};
const uint8_t *cell_body(struct recover *r, const uint8_t *page, const struct cell *c, uint32_t page_no, uint32_t version, enum chain chain,
			 int table, size_t *ret_size);
/* Is the live row with that key written over this one, in its overflow pages, too? Then those pages are this one's, where they were not changed. */
bool chain_shared(const struct recover *r, const struct cell *c, uint32_t page, uint32_t version, int table);
const char *chain_stop_name(enum chain_stop why);
/* Was it a trunk of the freelist, at the time of that image? */
bool page_is_trunk(struct recover *r, const uint8_t *image, uint32_t page, uint32_t version);
/* Of two rows that are said to have the same overflow pages, one at most had them. */
void chains_settle(struct recover *r);
void claims_sort(struct recover *r);
const struct claim *claim_of(const struct recover *r, uint32_t page, uint32_t version);
bool slack_grow(struct recover *r, struct slack **at, uint32_t count, uint32_t *room);

/* --- sqlite_fit.c: does a record fit a table? --- */
/* [0,1]; 0: impossible. Serial types in r->serials[0..count); `body` holds `size` bytes of the content. */
double fit_table(struct recover *r, const struct table *t, int count, const uint8_t *body, size_t size);
/* The best table for it, a tie in *ret_also (or -1); `owner` is preferred among equals. */
int fit_best(struct recover *r, int count, bool with_rowid, const uint8_t *body, size_t size, int owner, double *ret_fit, int *ret_also);
/* How many bits of what stands of a cell (serial types in r->serials) speak for a row of `t` rather than for chance. */
double row_bits(struct recover *r, const struct table *t, const struct cell *c, const uint8_t *body, size_t size);
/* Kind of a text's first or last character: small letter, capital or beyond ASCII, digit, other. */
static inline int text_end(uint8_t b)
{
	return b >= 'a' && b <= 'z' ? 0 : (b >= 'A' && b <= 'Z') || b >= 0x80 ? 1 : b >= '0' && b <= '9' ? 2 : 3;
}
bool text_fits(const struct recover *r, const uint8_t *p, size_t size, bool whole);

/* --- sqlite_image.c: whose page images were; entries of indexes, which look like rows --- */
/* Is more to be learnt about the entries of that index? */
bool entry_wanted(const struct recover *r, int owner);
/* An entry of a live index, its serial types in r->serials. */
void entry_learn(struct recover *r, int owner, int count, const uint8_t *body, size_t size);
/* [0,1]: does a record look like an entry of that index? */
double fit_entry(struct recover *r, const struct table *t, int count, const uint8_t *body, size_t size);
/* Can the region under work hold rows of table `i`? */
static inline bool table_allowed(const struct recover *r, int i)
{
	return r->only >= 0 ? r->only == i :
	       !r->only_type || (r->only_type == PAGE_TABLE_LEAF) != r->tables[i]->pub.schema.without_rowid;
}
/* Whose the image in r->page is, judged by its cells and by whose the page is now: a table, an index (less than -1), or -1. */
double wide_share(int columns); /* sqlite_image.c */
int image_owner(struct recover *r, const struct page_header *h, uint32_t page_no, uint32_t version);

static inline uint64_t hash_with_rowid(uint64_t hash, int64_t rowid) { return (hash ^ (uint64_t)rowid * 0x9e3779b97f4a7c15u) | 1; }

/* Whose pages were at which time (sqlite_then.c): as in `owner`, or -1 where no tree of that time leads there. Uses r->page. */
void then_build(struct recover *r);
void then_free(struct recover *r);
int then_owner(const struct recover *r, uint32_t page, uint32_t version);
/* The tables whose the page was before, into r->before. */
void then_before(struct recover *r, uint32_t page, uint32_t version);

/* --- sqlite_carve.c --- */
/* Looks for rows in bytes [from, to) of a page. `first_damaged`: a freed block starts there. */
void carve_region(struct recover *r, const uint8_t *page, uint32_t page_no, uint32_t version, uint32_t from, uint32_t to,
		  bool freed_block, int state);
/* --- sqlite_damaged.c --- */
/* A cell at `at` whose first four bytes a freeblock header replaced. `first`: a block of the page's chain begins there; `anchored`: a row
 * ends there. */
bool damaged_read(struct recover *r, const uint8_t *page, uint32_t at, uint32_t limit, bool anchored, bool first, int owner,
		  struct cell *ret, int *ret_table, int *ret_also, double *ret_fit);

/* What follows a row at `at`: another cell, a freed one, the region's end (near 1), or nothing that can be told (0). */
double cell_boundary(struct recover *r, const uint8_t *page, uint32_t at, uint32_t limit, int owner);
/* A region is about to be read, or what is known of tables has changed: cell_boundary() looks again. */
void boundaries_forget(struct recover *r, const uint8_t *page, uint32_t from, uint32_t limit, int owner);
/* The size that a freeblock header at `at`, current or stale, names; 0: there is none. */
uint32_t block_size(const uint8_t *page, uint32_t at, uint32_t limit, uint32_t usable);

/* --- sqlite_scan.c --- */
enum err scan_all(struct recover *r);
void candidate_add(struct recover *r, const uint8_t *page, const struct cell *c, uint32_t page_no, uint32_t version, int table,
		   int also, double fit, int state);

/* --- sqlite_settle.c: which candidates are rows to show --- */
enum err settle_all(struct recover *r);

/* --- sqlite_index.c: what entries of indexes tell about rows that are gone --- */
int index_add(struct recover *r, const char *name, const char *table, const char *sql, size_t size);
/* The schema is known: which indexes can tell something. */
void index_start(struct recover *r);
/* A row was found (r->serials are its): its keys will be looked for. */
void index_want(struct recover *r, uint32_t candidate, const uint8_t *body, size_t size);
enum err index_use(struct recover *r);
void index_end(struct recover *r);

/* --- sqlite_hash.c --- */
uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t size);
bool hash_add(struct hash_set *s, uint64_t h); /* false when it was there (or out of memory) */
void hash_expect(struct hash_set *s, uint64_t count); /* about so many will come: room for them at once */
bool hash_has(const struct hash_set *s, uint64_t h);
/* The same for many: the members count from hash_flush() on. */
void hash_add_later(struct hash_set *s, uint64_t h);
void hash_flush(struct hash_set *s);

bool runs_add(struct runs *s, int64_t rowid); /* false: out of memory */
bool runs_has(struct runs *s, int64_t rowid);

#endif
