/* How a query's radius is shared out among the chunks: evenly where hashes lie evenly, else by what the tables say each share would cost. */
#include "match/near_kernel.h"

/* In units of one entry passed by, as measured (bench/near): a bucket is a wait for memory; a scan reads all of each hash. */
enum { BUCKET_COST = 60, SCAN_COST = 12, SCAN_TOGETHER_COST = 1, SKEWED = 3, SHARES = DIFFER_MOST + 2 /* -1 to DIFFER_MOST */ };

/* The numbers, one more each, add up to radius + 1. The widest chunks stand first and get the least: they have most neighbours. */
static bool share(const struct near_index *n, int radius, int *may_differ)
{
	if (radius > NEAR_RADIUS_MOST)
		return false;
	int each = (radius + 1) / n->chunk_count, more = (radius + 1) % n->chunk_count;
	for (int i = 0; i < n->chunk_count; i++)
		may_differ[i] = each - 1 + (i >= n->chunk_count - more);
	return may_differ[n->chunk_count - 1] <= DIFFER_MOST;
}

static uint64_t buckets_within(uint32_t bits, int most)
{
	uint64_t all = 0, exactly = 1;
	for (int i = 0; i <= most; i++) {
		all += exactly;
		exactly = exactly * (bits - (uint32_t)i) / (uint32_t)(i + 1);
	}
	return all;
}

/* How many entries the buckets within `most` of the query's hold. A table from a damaged file gives nonsense here; the search itself checks it. */
static uint64_t entries_within(const struct chunk *c, uint32_t bucket, int most)
{
	uint32_t keys[KEYS_MOST], count = neighbours(bucket, c->bucket_bits, most, keys);
	uint64_t all = 0;
	for (uint32_t k = 0; k < count; k++)
		all += (uint32_t)(c->starts[keys[k] + 1] - c->starts[keys[k]]);
	return all;
}

/* The cheapest shares that add up to radius + 1. */
static bool share_by_cost(const struct near_index *n, const struct pdq *query, int radius, uint64_t most, int *may_differ)
{
	uint64_t best[CHUNKS_MOST + 1][NEAR_RADIUS_MOST + 2];
	uint8_t choice[CHUNKS_MOST][NEAR_RADIUS_MOST + 2];
	for (int r = 0; r <= radius + 1; r++)
		best[0][r] = r ? UINT64_MAX / 2 : 0;
	for (int i = 0; i < n->chunk_count; i++) {
		const struct chunk *c = &n->chunks[i];
		uint64_t cost[SHARES] = { 0 }, entries = 0;
		for (int t = 0; t <= DIFFER_MOST; t++) {
			uint64_t buckets = buckets_within(c->bucket_bits, t);
			/* The widest ring is many look-ups: guessed from the one before. */
			entries = t < DIFFER_MOST ? entries_within(c, bucket_of(query, c), t) : entries * buckets / buckets_within(c->bucket_bits, t - 1);
			cost[t + 1] = buckets * BUCKET_COST + entries;
		}
		for (int r = 0; r <= radius + 1; r++) {
			best[i + 1][r] = UINT64_MAX / 2;
			for (int s = 0; s < SHARES && s <= r; s++)
				if (best[i][r - s] + cost[s] < best[i + 1][r]) {
					best[i + 1][r] = best[i][r - s] + cost[s];
					choice[i][r] = (uint8_t)s;
				}
		}
	}
	if (best[n->chunk_count][radius + 1] > most)
		return false;
	for (int i = n->chunk_count, r = radius + 1; i-- > 0; r -= choice[i][r])
		may_differ[i] = choice[i][r] - 1;
	return true;
}

bool near_plan(const struct near_index *n, const struct pdq *query, int radius, int may_differ[CHUNKS_MOST])
{
	uint64_t entries = 0, wanted = 0, buckets = 0, most = (uint64_t)n->count * SCAN_COST;
	if (!n->chunk_count || !share(n, radius, may_differ))
		return false;
	for (int i = 0; i < n->chunk_count; i++) {
		const struct chunk *c = &n->chunks[i];
		uint64_t within = buckets_within(c->bucket_bits, may_differ[i]);
		buckets += within;
		wanted += within * (n->entries >> c->bucket_bits);
		/* Wide rings even out: what the two nearest hold says enough. */
		int looked = may_differ[i] < 1 ? may_differ[i] : 1;
		if (looked >= 0)
			entries += entries_within(c, bucket_of(query, c), looked) * within / buckets_within(c->bucket_bits, looked);
	}
	if (entries > SKEWED * wanted + BUCKET_COST * buckets)
		return share_by_cost(n, query, radius, most, may_differ);
	return entries + buckets * BUCKET_COST <= most;
}

bool near_plan_scan(const struct near_index *n, int radius, uint32_t queries)
{
	enum { TOGETHER_LEAST = 32 };
	int may_differ[CHUNKS_MOST];
	if (!n->chunk_count || !share(n, radius, may_differ))
		return true;
	uint64_t cost = 0;
	for (int i = 0; i < n->chunk_count; i++) {
		uint32_t bits = n->chunks[i].bucket_bits;
		cost += buckets_within(bits, may_differ[i]) * (BUCKET_COST + (n->entries >> bits));
	}
	return queries >= TOGETHER_LEAST && cost > (uint64_t)n->count * SCAN_TOGETHER_COST;
}
