/* What of a row lies in overflow pages: a chain of pages, each with the number of the next in its first four bytes.
 *
 * A deleted row's chain is freed page by page, in its order.  A page that becomes a leaf of the freelist is not written: its link and its content
 * stand until it is used again.  One that becomes a trunk loses its first bytes to the list; what it lists first was freed next, and so is the next
 * page of the chain, if from there on the chain is just as long as it must be.
 */
#include <stdlib.h>
#include <string.h>

#include "formats/sqlite_engine.h"

enum { LINKS_MOST = 1 << 23, TRUNKS_MOST = 1 << 16, NO_IMAGE = UINT32_MAX - 1 };

static int pages_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

/* Of which round of the log, or which other file. */
static uint64_t generation(const struct version *v) { return v->file == RECOVER_IN_WAL ? v->age >> 26 : 0; }

/* The image of a page at a time: the newest that is no newer.  `*ret_sure`: no image of between can have been lost.  Frames of earlier rounds are
 * what later ones left: the first of a round go first, and the database file has the last. */
static uint32_t image_at(const struct recover *r, uint32_t page, uint64_t age, bool *ret_sure)
{
	uint32_t first, end = history_of(r, page, &first), best = NO_IMAGE, next = NO_IMAGE;
	bool db = page <= r->db_pages;
	for (uint32_t i = first; i < end; i++) {
		if (r->versions[i].age <= age)
			best = i;
		else if (next == NO_IMAGE)
			next = i;
	}
	if (age >= r->db_age) {
		if (db && (best == NO_IMAGE || r->versions[best].age < r->db_age))
			best = VERSION_DB;
		*ret_sure = best == VERSION_DB || best == NO_IMAGE || r->versions[best].age >= r->db_age;
		return best;
	}
	bool journal = age <= UINT32_MAX;
	if (best != NO_IMAGE) {
		*ret_sure = journal || generation(&r->versions[best]) == age >> 26;
		return best;
	}
	*ret_sure = journal;
	return next != NO_IMAGE && r->versions[next].age < r->db_age ? NO_IMAGE : db ? VERSION_DB : next;
}

static uint64_t image_until(const struct recover *r, uint32_t version)
{
	return version == VERSION_DB ? r->db_age : r->versions[version].until;
}

/* Does the page list pages, as a trunk of the freelist does? */
static bool trunk_shape(const struct recover *r, const uint8_t *page, uint32_t page_no)
{
	uint32_t next = be32_at(page), leaves = be32_at(page + 4);
	if (next == 1 || next > r->page_count || next == page_no || leaves > r->usable / 4 - 2)
		return false;
	for (uint32_t i = 0; i < leaves; i++) {
		uint32_t leaf = be32_at(page + 8 + 4 * i);
		if (leaf < 2 || leaf > r->page_count || leaf == page_no)
			return false;
	}
	return true;
}

static bool list_add(struct recover *r, uint32_t page, bool trunk)
{
	struct freelist *f = &r->then;
	if (f->count == f->room) {
		uint32_t room = f->room ? f->room * 2 : 256;
		uint32_t *more = realloc(f->pages, room * sizeof(*more));
		if (!more)
			return false;
		f->pages = more;
		f->room = room;
	}
	f->pages[f->count++] = page << 1 | trunk;
	return true;
}

/* The freelist as it was at a time: whoever takes pages from it or gives them to it writes the first page, too.  False: that is not known. */
static bool list_read(struct recover *r, uint64_t age)
{
	struct freelist *f = &r->then;
	bool sure;
	uint32_t version = image_at(r, 1, age, &sure);
	if (f->read && f->version == version)
		return f->known;
	f->read = true;
	f->version = version;
	f->known = false;
	f->count = 0;
	if (version == NO_IMAGE || r->links > LINKS_MOST || !history_read(r, 1, version, r->third) || memcmp(r->third, "SQLite format 3", 16) != 0)
		return false;
	uint32_t trunks = 0, trunk = be32_at(r->third + 32);
	f->size = be32_at(r->third + 28);
	for (; trunk && trunk <= r->page_count && trunks < TRUNKS_MOST && trunks <= r->page_count; trunks++, r->links++) {
		version = image_at(r, trunk, age, &sure);
		if (version == NO_IMAGE || !history_read(r, trunk, version, r->third) || !list_add(r, trunk, true))
			return false;
		uint32_t leaves = be32_at(r->third + 4);
		for (uint32_t i = 0; i < leaves && leaves <= r->usable / 4 - 2; i++) {
			uint32_t leaf = be32_at(r->third + 8 + 4 * i);
			if (leaf <= r->page_count && !list_add(r, leaf, false))
				return false;
		}
		trunk = be32_at(r->third);
	}
	if (f->count)
		qsort(f->pages, f->count, sizeof(*f->pages), pages_order);
	f->known = !trunk;
	return f->known;
}

static bool list_has(const struct recover *r, uint32_t entry)
{
	return r->then.count && bsearch(&entry, r->then.pages, r->then.count, sizeof(*r->then.pages), pages_order);
}

/* Was a page in no tree at that time? True also when it is not known. */
static bool free_at(struct recover *r, uint32_t page, uint64_t age)
{
	return !list_read(r, age) || page > r->then.size || list_has(r, page << 1) || list_has(r, page << 1 | 1);
}

bool page_is_trunk(struct recover *r, const uint8_t *image, uint32_t page, uint32_t version)
{
	if (version == history_live(r, page) && r->use[page] != PAGE_USE_ORPHAN && r->use[page] != PAGE_USE_UNKNOWN)
		return r->use[page] == PAGE_USE_TRUNK;
	if (!trunk_shape(r, image, page))
		return false;
	if (!list_read(r, image_until(r, version)))
		return be32_at(image + 4) != 0; /* four zero bytes prove nothing */
	return list_has(r, page << 1 | 1);
}

/* Where the list ends for sure: numbers of pages behind it are what it had listed before. */
static uint32_t trunk_end(const struct recover *r, const uint8_t *image)
{
	uint32_t leaves = be32_at(image + 4), at = leaves <= r->usable / 4 - 2 ? 8 + 4 * leaves : r->usable;
	while (at + 4 <= r->usable && be32_at(image + at) >= 1 && be32_at(image + at) <= r->page_count)
		at += 4;
	return at + 4 <= r->usable ? at : r->usable;
}

static bool payload_room(struct recover *r, size_t size)
{
	if (size <= r->payload_room)
		return true;
	uint8_t *more = size <= r->limits.memory / 4 ? realloc(r->payload, size) : NULL;
	if (!more)
		return false;
	r->payload = more;
	r->payload_room = size;
	return true;
}

bool slack_grow(struct recover *r, struct slack **at, uint32_t count, uint32_t *room)
{
	if (count < *room)
		return true;
	uint32_t want = *room ? *room * 2 : 64;
	struct slack *more = realloc(*at, want * sizeof(*more));
	if (!more) {
		r->nomem = true;
		return false;
	}
	*at = more;
	*room = want;
	return true;
}

/* What a trunk lists first, in the order in which it was freed, if nothing was taken from the list since: then what it had listed stands behind its
 * end. Into r->following. */
static void following_read(struct recover *r, const uint8_t *image)
{
	uint32_t leaves = be32_at(image + 4);
	r->following_count = r->following_at = 0;
	if (leaves > r->usable / 4 - 2 || trunk_end(r, image) != 8 + 4 * leaves)
		return;
	if (!r->following && !(r->following = malloc(r->page_size)))
		return;
	for (; r->following_count < leaves; r->following_count++)
		r->following[r->following_count] = be32_at(image + 8 + 4 * r->following_count);
}

static void slack_add(struct recover *r, uint32_t page, uint32_t used)
{
	if (used + 32 <= r->usable && slack_grow(r, &r->slack, r->slack_count, &r->slack_room))
		r->slack[r->slack_count++] = (struct slack){ .page = page, .version = history_live(r, page), .used = used };
}

/* Versions of a row can share its overflow pages. */
static bool same_row(const struct claim *a, const struct claim *b)
{
	return a->rowid_known && b->rowid_known ? a->rowid == b->rowid : a->local == b->local;
}

/* A row's claim to overflow pages.  A page that named the row when it was written knew; what was left lying about, or on a page that had been freed
 * since, may be of long before. */
static struct claim claim_make(const struct recover *r, const uint8_t *page, const struct cell *c, bool stale)
{
	return (struct claim){ .rank = !c->pointed ? 0 : stale ? 1 : 2, .rowid_known = c->rowid_known && !c->rowid_inferred, .rowid = c->rowid,
			       .local = (uint32_t)hash_bytes(serials_hash(r->serials, c->columns), page + c->body_at, c->local - c->header) };
}

static void claim_add(struct recover *r, const struct claim *c)
{
	uint64_t key[4] = { (uint64_t)c->page << 32 | c->version, (uint64_t)c->local << 32 | c->rank, c->rowid_known ? (uint64_t)c->rowid : 0, c->rowid_known };
	if (!hash_add(&r->claimed, hash_bytes(6, key, sizeof(key))))
		return;
	if (r->claim_count == r->claim_room) {
		uint32_t room = r->claim_room ? r->claim_room * 2 : 64;
		struct claim *more = realloc(r->claims, room * sizeof(*more));
		if (!more) {
			r->nomem = true;
			return;
		}
		r->claims = more;
		r->claim_room = room;
	}
	r->claims[r->claim_count++] = *c;
}

/* By image, and the best first. */
static int claim_order(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	if (x->page != y->page)
		return x->page < y->page ? -1 : 1;
	if (x->version != y->version)
		return x->version < y->version ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank > y->rank ? -1 : 1;
	return x->local < y->local ? -1 : x->local > y->local;
}

void claims_sort(struct recover *r)
{
	if (r->claim_count)
		qsort(r->claims, r->claim_count, sizeof(*r->claims), claim_order);
}

const struct claim *claim_of(const struct recover *r, uint32_t page, uint32_t version)
{
	uint32_t low = 0, high = r->claim_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		const struct claim *m = &r->claims[middle];
		if (m->page < page || (m->page == page && m->version < version))
			low = middle + 1;
		else
			high = middle;
	}
	const struct claim *c = low < r->claim_count ? &r->claims[low] : NULL;
	return c && c->page == page && c->version == version ? c : NULL;
}

/* Is that image another row's, or may it be? */
static bool claimed_else(const struct recover *r, uint32_t page, uint32_t version, const struct claim *own)
{
	const struct claim *c = claim_of(r, page, version), *best = c, *end = c ? r->claims + r->claim_count : NULL;
	for (; c && c < end && c->page == page && c->version == version && c->rank == best->rank; c++)
		if (!same_row(c, own))
			return true;
	return false;
}

/* Do `size` bytes from offset `at` of the content on go on with what the record says is there: text, where a text's beginning is one? */
static bool reads_on(const struct recover *r, const struct cell *c, const uint8_t *local, size_t there, int table, uint64_t at, const uint8_t *p,
		     uint64_t size)
{
	uint64_t column = 0;
	for (int i = 0; i < c->columns && column < at + size; i++) {
		uint64_t n = serial_size(r->serials[i]), end = column + n;
		uint64_t from = column > at ? column : at, to = end < at + size ? end : at + size;
		bool text = serial_is_text(r->serials[i]) && from < to;
		if (text && column < there)
			text = text_fits(r, local + column, there - column < n ? there - column : n, there >= end);
		else if (text)
			text = table >= 0 && i < r->tables[table]->pub.schema.stored && !r->tables[table]->stats[i].strange;
		if (text) {
			const uint8_t *q = p + (from - at), *stop = p + (to - at);
			if (r->encoding != 1 && from > column) { /* not within a character */
				q += (from - column) % 2;
				if (q + 2 <= stop && ((r->encoding == 3 ? q[0] : q[1]) & 0xfc) == 0xdc)
					q += 2;
			}
			for (int skip = 0; r->encoding == 1 && from > column && skip < 3 && q < stop && (*q & 0xc0) == 0x80; skip++)
				q++;
			if (q < stop && !text_fits(r, q, (size_t)(stop - q), to == end))
				return false;
		}
		column = end;
	}
	return true;
}

struct walk {
	const uint8_t *page;
	const struct cell *c;
	enum chain chain;
	int table;
	uint64_t age, there, whole;
	uint64_t got;  /* how much stands from the start on */
	uint64_t tail; /* from where on it stands again, if the chain was followed to its end; else `whole` */
	bool stale; /* the row had been deleted by then */
	bool closed;
	struct claim own;
};

static void stop_at(struct recover *r, uint32_t page, enum chain_stop why)
{
	r->stop_page = page;
	r->stop = why;
}

/* One page of a chain that is no more, as it was then, in r->other. */
static bool link_read(struct recover *r, const struct walk *w, uint32_t page, uint32_t *ret_version, bool *ret_sure)
{
	uint32_t v = image_at(r, page, w->age, ret_sure);
	if (v == NO_IMAGE || !history_read(r, page, v, r->other)) {
		stop_at(r, page, STOP_ABSENT);
		return false;
	}
	uint8_t use = r->use[page];
	bool free = use == PAGE_USE_FREE || use == PAGE_USE_TRUNK || use == PAGE_USE_ORPHAN || use == PAGE_USE_UNKNOWN;
	bool shared = use == PAGE_USE_OVERFLOW && w->c->shared && r->owner[page] == w->table;
	if (use == PAGE_USE_POINTERS || use == PAGE_USE_LOCK || (v == history_live(r, page) && !free && !shared) ||
	    (w->stale && !free_at(r, page, w->age))) {
		stop_at(r, page, STOP_USED);
		return false;
	}
	*ret_version = v;
	return true;
}

/* Puts the payload together as of w->age. */
static void chain_walk(struct recover *r, struct walk *w)
{
	uint32_t next = w->c->overflow, last = 0, left = r->page_count;
	uint64_t put = w->there;
	bool holes = false, sure = !w->stale;
	uint64_t certain = w->there; /* this much is the row's even if the chain breaks */
	r->following_count = r->following_at = 0;
	w->got = w->there;
	w->tail = w->whole;
	w->closed = false;
	stop_at(r, 0, STOP_NONE);
	while (put < w->whole) {
		if (next < 2 || next > r->page_count || !left--) {
			stop_at(r, last ? last : next, last ? STOP_LINK : next > r->ever ? STOP_NEVER : STOP_ABSENT);
			break;
		}
		if (++r->links > LINKS_MOST && w->chain == CHAIN_OLD) {
			stop_at(r, next, STOP_LIMIT);
			break;
		}
		uint32_t version = VERSION_DB;
		bool known = true;
		if (w->chain == CHAIN_OLD ? !link_read(r, w, next, &version, &known) : !history_read(r, next, history_live(r, next), r->other)) {
			break;
		}
		if (w->chain == CHAIN_MARK) {
			if (r->use[next] != PAGE_USE_UNKNOWN)
				break; /* a loop, or a page with two owners */
			r->use[next] = PAGE_USE_OVERFLOW;
			r->owner[next] = w->table;
		}
		uint32_t part = w->whole - put < r->usable - 4 ? (uint32_t)(w->whole - put) : r->usable - 4;
		bool ends = put + part == w->whole, trunk = w->chain == CHAIN_OLD && page_is_trunk(r, r->other, next, version);
		uint32_t after = be32_at(r->other), stands = 4;
		if (trunk) {
			following_read(r, r->other);
			after = ends || !r->following_count ? 0 : r->following[0];
			stands = trunk_end(r, r->other);
		} else if (holes && r->following_at < r->following_count && next != r->following[r->following_at++]) {
			stop_at(r, next, STOP_LINK); /* the order of the list is not the chain's */
			break;
		}
		if (after > r->page_count || (ends ? after != 0 : after < 2)) {
			stop_at(r, next, trunk ? STOP_TRUNK : STOP_LINK);
			break;
		}
		if (w->chain == CHAIN_OLD && stands < 4 + part &&
		    !reads_on(r, w->c, w->page + w->c->body_at, w->there, w->table, put + stands - 4, r->other + stands, part + 4 - stands)) {
			if (trunk) /* what the list had been before is not known, then */
				stands = r->usable;
			else {
				stop_at(r, next, STOP_CONTENT);
				break;
			}
		}
		memcpy(r->payload + put, r->other + 4, part);
		if (trunk) {
			if (!holes)
				stop_at(r, next, STOP_TRUNK);
			holes = true;
			w->tail = put + (stands - 4 < part ? stands - 4 : part);
		} else if (!holes) {
			w->got = put + part;
		}
		sure = sure && known && !trunk;
		certain = sure ? put + part : certain;
		if (r->claiming && slack_grow(r, &r->visits, r->visit_count, &r->visit_room))
			r->visits[r->visit_count++] = (struct slack){ .page = next, .version = version, .used = 4 + part };
		if (r->claims_known && w->chain == CHAIN_OLD && claimed_else(r, next, version, &w->own)) {
			stop_at(r, next, STOP_SHARED);
			break;
		}
		put += part;
		if (w->chain == CHAIN_MARK && ends)
			slack_add(r, next, part + 4);
		last = next;
		next = after;
	}
	w->closed = put == w->whole;
	if (!w->closed)
		w->tail = w->whole;
	/* Of a row that had been deleted only the chain's end proves that these pages were not used by others since. */
	if (!w->closed && w->chain == CHAIN_OLD) {
		w->got = certain;
	}
	for (uint32_t i = 0; i < r->visit_count && w->closed; i++) {
		w->own.page = r->visits[i].page;
		w->own.version = r->visits[i].version;
		w->own.used = r->visits[i].used;
		claim_add(r, &w->own);
	}
	r->visit_count = 0;
}

static uint64_t head_hash(int table, int64_t rowid, uint32_t head)
{
	uint64_t key[2] = { (uint64_t)rowid, (uint64_t)table << 32 | head };
	return hash_bytes(3, key, sizeof(key));
}

bool chain_shared(const struct recover *r, const struct cell *c, uint32_t page, uint32_t version, int table)
{
	return c->overflow && c->rowid_known && r->context == REGION_CELL && version != history_live(r, page) &&
	       hash_has(&r->live_heads, head_hash(table, c->rowid, c->overflow));
}

const uint8_t *cell_body(struct recover *r, const uint8_t *page, const struct cell *c, uint32_t page_no, uint32_t version, enum chain chain,
			 int table, size_t *ret_size)
{
	uint32_t there = c->local - c->header;
	if (c->body_at + there > r->page_size)
		there = r->page_size - c->body_at;
	if (c->cut && c->body_at + there > c->end)
		there = c->end - c->body_at;
	*ret_size = there;
	uint64_t whole = c->payload - c->header;
	r->tail = whole;
	stop_at(r, 0, STOP_NONE);
	if (c->cut || whole <= there || !c->overflow)
		return page + c->body_at;
	if (whole - there > (uint64_t)r->page_count * r->usable || !payload_room(r, whole)) {
		if (whole - there <= (uint64_t)r->page_count * r->usable)
			note_add(r, history_offset(r, page_no, version), "a row of %llu bytes is too large to be put together",
				 (unsigned long long)whole);
		stop_at(r, c->overflow, STOP_LIMIT);
		return page + c->body_at;
	}
	memcpy(r->payload, page + c->body_at, there);
	struct walk w = { .page = page, .c = c, .chain = chain, .table = table, .age = image_until(r, version), .there = there, .whole = whole };
	if (chain == CHAIN_MARK && table >= 0)
		hash_add(&r->live_heads, head_hash(table, c->rowid, c->overflow));
	/* Where the page was written again in the same transaction, the pages of its chain may have been, too. */
	bool again = version != VERSION_DB && version + 1 < r->version_count && r->versions[version + 1].page == page_no &&
		     r->versions[version + 1].age <= w.age;
	/* Pages that were in use when the row was not, any more, are not its. */
	w.stale = chain == CHAIN_OLD && (!c->pointed || free_at(r, page_no, w.age));
	if (chain == CHAIN_OLD)
		w.own = claim_make(r, page, c, w.stale);
	if (again && chain == CHAIN_OLD) {
		w.age = r->versions[version].age;
		chain_walk(r, &w);
		w.age = image_until(r, version);
	}
	if (!w.closed)
		chain_walk(r, &w);
	r->tail = w.tail;
	*ret_size = (size_t)w.got;
	return r->payload;
}

void chains_settle(struct recover *r)
{
	claims_sort(r);
	r->claims_known = true;
	for (uint32_t i = 0; i < r->found_count; i++) {
		struct candidate *f = &r->found[i];
		size_t size;
		if (!f->cell.overflow || f->cell.cut || f->index || !f->have || !history_read(r, f->page, f->version, r->page) ||
		    !cell_serials(r, r->page, &f->cell))
			continue;
		cell_body(r, r->page, &f->cell, f->page, f->version, CHAIN_OLD, f->table, &size);
		f->whole = size == f->cell.payload - f->cell.header;
		f->have = (uint32_t)size;
	}
}

const char *chain_stop_name(enum chain_stop why)
{
	switch (why) {
	case STOP_USED:
		return "is in other use now";
	case STOP_TRUNK:
		return "holds a list of free pages";
	case STOP_NEVER:
	case STOP_LINK:
		return "leads nowhere";
	case STOP_CONTENT:
		return "holds something else";
	case STOP_ABSENT:
		return "is not there";
	case STOP_SHARED:
		return "is claimed by another row, too";
	case STOP_LIMIT:
		return "is beyond what is followed";
	case STOP_NONE:
		break;
	}
	return "is not known";
}
