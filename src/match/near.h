/* near: all 256-bit hashes within a Hamming distance of one that is asked for. Exact: none is missed.
 *
 * Generalised pigeonhole over m chunks of the hash: where chunk i may differ in t(i) bits at most (t(i) ≥ -1; -1: it is not looked at), and the t(i) + 1 add up to
 * the radius + 1, two hashes within the radius agree in some chunk to within its t(i). Stronger, going round the chunks from the right one, all running sums keep
 * to their bounds: also that chunk and the next together differ in t(i) + t(i+1) + 1 bits at most. So each chunk has a table from its first bits to the hashes
 * that have them, and beside each hash's number stand the 16 bits that follow: nearly all that a look-up meets is dismissed by those, read in a row.
 * Equal hashes stand in the tables once. Real hashes crowd: where a query's chunk is common its t(i) is lowered and others' raised, by what the tables
 * say it would cost; where that is more than a scan, it is a scan.
 * Sources: Norouzi, Punjani, Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing" (2014); Qin et al., "GPH: Similarity Search in
 * Hamming Space" (2018), for thresholds that differ; Qin, Xiao, "Pigeonring" (2018), for the running sums. Figures: docs/benchmarks.md.
 */
#ifndef CUSTOS_MATCH_NEAR_H
#define CUSTOS_MATCH_NEAR_H

#include "base/err.h"
#include "media/pdq.h"

enum { NEAR_RADIUS_MOST = 63, NEAR_THREADS_MOST = 256 };

struct near_index;

/* One hit: which hash of the set, in the order they were given, and how far. */
struct near_hit {
	uint32_t id;
	uint32_t distance;
};

/* Called for each hit, in no order. False stops the query. */
typedef bool near_fn(void *context, struct near_hit hit);

/* The same for several queries: `query` says which. */
typedef bool near_scan_fn(void *context, uint32_t query, struct near_hit hit);

/* Builds over `count` hashes, which are borrowed and must outlive the index, with `threads` threads (0: one a core). Memory beyond them: 96 bytes a hash, 66 from 16 million
 * hashes on, and some while it builds. ERR_NOMEM. */
enum err near_new(const struct pdq *hashes, uint32_t count, int threads, struct near_index **ret);
void near_free(struct near_index *n);

/* All hashes within `radius`; beyond NEAR_RADIUS_MOST it is always a scan. Thread-safe: the index does not change. */
void near_find(const struct near_index *n, const struct pdq *query, int radius, near_fn *hit, void *context);

/* Many queries on `threads` threads (0: one a core). `hit` is called from one thread at a time; false stops all. */
void near_find_many(const struct near_index *n, const struct pdq *queries, uint32_t count, int radius, int threads, near_scan_fn *hit, void *context);

/* The eight forms of one picture: each hash within `radius` of any of them once, with the form (`query`, enum pdq_form) that is nearest. ERR_NOMEM. */
enum err near_find_forms(const struct near_index *n, const struct pdq forms[PDQ_DIHEDRALS], int radius, near_scan_fn *hit, void *context);

/* The same as near_find_many by looking at every hash, for many queries at a time: each hash is read once. Needs no index. In no order. */
void near_scan(const struct pdq *hashes, uint32_t count, const struct pdq *queries, uint32_t query_count, int radius, near_scan_fn *hit, void *context);

/* For tests: how many variants of the inner loops this processor runs, and their use. 0: plain C. */
int near_variants(void);
void near_variant_use(int variant);

/* Bytes the index takes beyond the hashes. */
size_t near_memory(const struct near_index *n);

#endif
