/* near: all 256-bit hashes within a Hamming distance of one that is asked for. Exact: none is missed.
 *
 * Generalised pigeonhole over m chunks of the hash: where chunk i may differ in at most t(i) bits and the t(i) + 1 add up to the radius + 1, two hashes
 * within the radius agree in some chunk to within its t(i). So each chunk has a table from its value to the hashes that have it, and a query looks up all values
 * within t(i) of its own. m grows as the set shrinks, so that a look-up finds about one hash; small sets are scanned.
 * Sources: Norouzi, Punjani, Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing" (2014); Qin et al., "GPH: Similarity Search in
 * Hamming Space" (2018), for thresholds that differ. Figures: docs/benchmarks.md.
 *
 * Real hashes crowd: where the look-ups of a query would touch more hashes than a scan, it is a scan.
 */
#ifndef CUSTOS_MATCH_NEAR_H
#define CUSTOS_MATCH_NEAR_H

#include "base/err.h"
#include "media/pdq.h"

enum { NEAR_RADIUS_MOST = 63 };

struct near_index;

/* One hit: which hash of the set, in the order they were given, and how far. */
struct near_hit {
	uint32_t id;
	uint32_t distance;
};

/* Called for each hit, in no order. False stops the query. */
typedef bool near_fn(void *context, struct near_hit hit);

/* Builds over `count` hashes, which are borrowed and must outlive the index. Memory beyond them: 4 m bytes a hash and m tables of about `count` entries
 * (m about 256 / log2 count). `radius`: the largest that will be asked for, at most NEAR_RADIUS_MOST. ERR_NOMEM; ERR_USAGE: a radius too large. */
enum err near_new(const struct pdq *hashes, uint32_t count, int radius, struct near_index **ret);
void near_free(struct near_index *n);

/* All hashes within `radius` (at most the index's). Thread-safe: the index does not change. */
void near_find(const struct near_index *n, const struct pdq *query, int radius, near_fn *hit, void *context);

/* The same by looking at every hash, for many queries at a time: each hash is read once. Needs no index. In no order. */
typedef bool near_scan_fn(void *context, uint32_t query, struct near_hit hit);
void near_scan(const struct pdq *hashes, uint32_t count, const struct pdq *queries, uint32_t query_count, int radius, near_scan_fn *hit, void *context);

/* For tests: how many variants of the inner loops this processor runs, and their use. 0: plain C. */
int near_variants(void);
void near_variant_use(int variant);

/* Bytes the index takes beyond the hashes. */
size_t near_memory(const struct near_index *n);

#endif
