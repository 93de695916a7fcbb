#include "match/groups.h"

#include <string.h>

#include "match/near.h"

/* Below this a scan for each leader is cheaper than an index. */
enum { INDEXED_FROM = 4096 };

struct group {
	uint32_t leader, *leaders, *distances;
};

static bool member_take(void *context, struct near_hit hit)
{
	const struct group *g = context;
	/* Those before the leader are settled: it would not lead if one of them led and were near; a member may find this one nearer. */
	if (hit.distance < g->distances[hit.id]) {
		g->leaders[hit.id] = g->leader;
		g->distances[hit.id] = hit.distance;
	}
	return true;
}

static bool scan_take(void *context, uint32_t query, struct near_hit hit) { return (void)query, member_take(context, hit); }

enum err groups_find(const struct pdq *hashes, uint32_t count, int radius, uint32_t *ret_leader, uint32_t *ret_distance)
{
	struct near_index *index = NULL;
	struct group g = { 0, ret_leader, ret_distance };
	memset(ret_distance, 0xff, (size_t)count * sizeof *ret_distance);
	enum err e = count < INDEXED_FROM ? OK : near_new(hashes, count, 0, &index);
	for (uint32_t i = 0; !e && i < count; i++) {
		if (ret_distance[i] != UINT32_MAX)
			continue;
		g.leader = i;
		ret_leader[i] = i;
		ret_distance[i] = 0;
		if (index)
			near_find(index, &hashes[i], radius, member_take, &g);
		else
			near_scan(hashes, count, &hashes[i], 1, radius, scan_take, &g);
	}
	near_free(index);
	return e;
}
