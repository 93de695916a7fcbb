/* The tables of an index: each chunk's is counted, then filled; copies are found by the first chunk's and left out of all. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "match/near_kernel.h"

enum { SCANNED_BELOW = 2048, MANY = 1 << 24, CHUNKS = 16, CHUNKS_OF_MANY = 11, PART_BITS = 8, PARTS = 1 << PART_BITS, BLOCK = 1 << 20 };

bool near_layout_set(struct near_index *n, int chunk_count, uint32_t bucket_bits)
{
	n->chunk_count = 0;
	if (!chunk_count)
		return bucket_bits == 0;
	if (chunk_count < 8 || chunk_count > CHUNKS_MOST)
		return false;
	uint32_t least = 256 / (uint32_t)chunk_count, wider = 256 % (uint32_t)chunk_count;
	/* A tail ends in the next chunk at the latest, and may begin at the chunk's last bit. */
	if (bucket_bits < 1 || bucket_bits > BUCKET_BITS_MOST || bucket_bits > least || least + 1 - bucket_bits > TAIL_BITS)
		return false;
	for (uint32_t i = 0, from = 0; i < (uint32_t)chunk_count; i++) {
		struct chunk *c = &n->chunks[i];
		*c = (struct chunk){ .from = from, .bits = least + (i < wider), .bucket_bits = bucket_bits };
		from += c->bits;
		c->tail_from = (c->from + bucket_bits) % 256;
		c->own = (uint16_t)((1u << (c->bits - bucket_bits)) - 1);
	}
	n->chunk_count = chunk_count;
	return true;
}

/* More chunks: fewer look-ups and more memory. Buckets of a few lines of the cache are best. */
void near_layout(struct near_index *n)
{
	n->chunk_count = 0;
	if (n->count < SCANNED_BELOW)
		return;
	int chunks = n->count < MANY ? CHUNKS : CHUNKS_OF_MANY;
	uint32_t wide = 31 - (uint32_t)__builtin_clz(n->count) - 4, most = n->count < MANY ? 16 : BUCKET_BITS_MOST;
	near_layout_set(n, chunks, wide < most ? wide : most);
}

/* Every look-up goes to another page: large pages spare most of the misses of the address cache. */
static void *table_new(size_t size)
{
	enum { LARGE = 2 << 20 };
	void *p = size < LARGE ? malloc(size) : aligned_alloc(LARGE, (size + LARGE - 1) / LARGE * LARGE);
	if (p && size >= LARGE)
		madvise(p, size, MADV_HUGEPAGE);
	return p;
}

void chunk_free(struct chunk *c)
{
	free(c->starts);
	free(c->tails);
	free(c->ids);
	c->starts = NULL;
	c->tails = NULL;
	c->ids = NULL;
}

static inline bool bit(const uint64_t *bits, uint32_t i) { return bits && bits[i / 64] >> (i % 64) & 1; }

/* Puts hashes `from` to `to` into their buckets. They are sorted into PARTS parts first, so that the buckets that are written stay in the cache. */
static void entries_put(struct chunk *c, const struct near_index *n, const uint64_t *left_out, uint32_t from, uint32_t to, uint64_t *room, uint32_t *next)
{
	uint32_t shift = c->bucket_bits > PART_BITS ? c->bucket_bits - PART_BITS : 0, low = (1u << shift) - 1, starts[PARTS + 1] = { 0 }, ends[PARTS];
	for (uint32_t i = from; i < to; i++)
		starts[(bucket_of(&n->hashes[i], c) >> shift) + 1] += !bit(left_out, i);
	for (uint32_t p = 0; p < PARTS; p++)
		starts[p + 1] += starts[p];
	memcpy(ends, starts, sizeof ends);
	for (uint32_t i = from; i < to; i++) {
		uint64_t bucket = bucket_of(&n->hashes[i], c);
		if (!bit(left_out, i))
			room[ends[bucket >> shift]++] = (uint64_t)i << 32 | (bucket & low) << TAIL_BITS | tail_of(&n->hashes[i], c);
	}
	for (uint32_t p = 0; p < PARTS; p++)
		for (uint32_t e = starts[p]; e < ends[p]; e++) {
			uint32_t at = next[p << shift | (uint32_t)room[e] >> TAIL_BITS]++;
			c->tails[at] = (uint16_t)room[e];
			c->ids[at] = (uint32_t)(room[e] >> 32);
		}
}

/* `left_out`: a bit for each hash that is a copy, or NULL. */
static bool chunk_build(struct chunk *c, const struct near_index *n, const uint64_t *left_out)
{
	uint32_t buckets = 1u << c->bucket_bits;
	uint64_t *room = malloc((n->count < BLOCK ? n->count : BLOCK) * sizeof *room);
	c->starts = table_new(chunk_starts(c) * sizeof *c->starts);
	c->tails = table_new(((size_t)n->entries + 1) * sizeof *c->tails);
	c->ids = table_new(((size_t)n->entries + 1) * sizeof *c->ids);
	bool good = room && c->starts && c->tails && c->ids;
	if (good) {
		uint32_t *next = c->starts + 1; /* where the bucket's next entry goes; in the end, where the bucket ends */
		memset(c->starts, 0, chunk_starts(c) * sizeof *c->starts);
		for (uint32_t i = 0; i < n->count; i++)
			next[bucket_of(&n->hashes[i], c)] += !bit(left_out, i);
		for (uint32_t b = 0, first = 0; b < buckets; b++) {
			uint32_t size = next[b];
			next[b] = first;
			first += size;
		}
		for (uint32_t i = 0, to; i < n->count; i = to) {
			to = n->count - i < BLOCK ? n->count : i + BLOCK;
			entries_put(c, n, left_out, i, to, room, next);
		}
	}
	free(room);
	return good;
}

/* --- copies --- */

struct copies {
	const struct pdq *hashes;
	uint32_t *same; /* those of a bucket whose tail another one has */
	uint64_t *list;
	size_t room, count;
	uint64_t *left_out, *repeated;
};

static int order(const void *a, const void *b, void *context)
{
	const struct pdq *hashes = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int by_hash = memcmp(&hashes[x], &hashes[y], sizeof *hashes);
	return by_hash ? by_hash : (x > y) - (x < y);
}

static bool copies_among(struct copies *k, uint32_t *same, uint32_t count)
{
	qsort_r(same, count, sizeof *same, order, (void *)k->hashes);
	for (uint32_t i = 1, first = 0; i < count; i++) {
		if (memcmp(&k->hashes[same[i]], &k->hashes[same[first]], sizeof *k->hashes) != 0) {
			first = i;
			continue;
		}
		if (k->count == k->room) {
			size_t room = k->room ? k->room * 2 : 1024;
			uint64_t *more = realloc(k->list, room * sizeof *more);
			if (!more)
				return false;
			k->list = more;
			k->room = room;
		}
		k->list[k->count++] = (uint64_t)same[first] << 32 | same[i];
		k->left_out[same[i] / 64] |= 1ull << (same[i] % 64);
		k->repeated[same[first] / 64] |= 1ull << (same[first] % 64);
	}
	return true;
}

/* Equal hashes share bucket and tail of the first chunk; few others do. */
static bool copies_find(struct copies *k, const struct chunk *c, uint32_t entries)
{
	uint8_t *seen = calloc(1, 1 << TAIL_BITS); /* in this bucket: once, more than once */
	k->same = malloc(((size_t)entries + 1) * sizeof *k->same);
	bool good = seen && k->same;
	for (uint32_t b = 0; good && b + 1 < chunk_starts(c); b++) {
		uint32_t from = c->starts[b], to = c->starts[b + 1], count = 0;
		for (uint32_t e = from; e < to; e++)
			seen[c->tails[e]] += seen[c->tails[e]] < 2;
		for (uint32_t e = from; e < to; e++)
			if (seen[c->tails[e]] == 2)
				k->same[count++] = c->ids[e];
		for (uint32_t e = from; e < to; e++)
			seen[c->tails[e]] = 0;
		good = count < 2 || copies_among(k, k->same, count);
	}
	free(seen);
	free(k->same);
	return good;
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Takes the copies out of the first chunk's table. */
static void chunk_thin(struct chunk *c, const uint64_t *left_out)
{
	uint32_t to = 0, from = 0;
	for (uint32_t b = 0; b + 1 < chunk_starts(c); b++) {
		for (; from < c->starts[b + 1]; from++)
			if (!bit(left_out, c->ids[from])) {
				c->ids[to] = c->ids[from];
				c->tails[to++] = c->tails[from];
			}
		c->starts[b + 1] = to;
	}
}

/* --- all chunks --- */

struct building {
	struct near_index *n;
	const uint64_t *left_out;
	near_build_fn *done;
	void *context;
	atomic_int next, failed;
	enum err e; /* of the thread that failed first, with its message */
	char message[512];
};

static void chunks_build(void *context)
{
	struct building *b = context;
	for (int i; (i = atomic_fetch_add(&b->next, 1)) < b->n->chunk_count && !b->failed;) {
		/* The first one stands already. */
		enum err e = i == 0 || chunk_build(&b->n->chunks[i], b->n, b->left_out) ? OK : err_set(ERR_NOMEM, "no memory for an index of %u hashes", b->n->count);
		if (!e && b->done)
			e = b->done(b->context, b->n, i);
		if (e && !atomic_fetch_add(&b->failed, 1)) {
			b->e = e;
			snprintf(b->message, sizeof b->message, "%s", err_message());
		}
	}
}

enum err near_build(struct near_index *n, int threads, near_build_fn *done, void *context)
{
	size_t words = n->count / 64 + 1;
	struct copies k = { .hashes = n->hashes };
	struct building b = { .n = n, .done = done, .context = context };
	n->entries = n->count;
	if (!n->chunk_count)
		return OK;
	k.left_out = calloc(words, sizeof *k.left_out);
	k.repeated = calloc(words, sizeof *k.repeated);
	if (!k.left_out || !k.repeated || !chunk_build(&n->chunks[0], n, NULL) || !copies_find(&k, &n->chunks[0], n->entries)) {
		free(k.list);
		free(k.left_out);
		free(k.repeated);
		return err_set(ERR_NOMEM, "no memory for an index of %u hashes", n->count);
	}
	if (k.count) {
		qsort(k.list, k.count, sizeof *k.list, ascending);
		chunk_thin(&n->chunks[0], k.left_out);
		n->entries -= (uint32_t)k.count;
		n->repeated = k.repeated;
		n->copies = k.list;
		n->copy_count = (uint32_t)k.count;
		b.left_out = k.left_out;
	} else {
		free(k.repeated);
	}
	near_crew(threads, chunks_build, &b);
	free(k.left_out);
	return b.e ? err_set(b.e, "%s", b.message) : OK;
}
