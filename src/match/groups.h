/* groups: near-duplicates put together.
 *
 * "Looks alike" is not transitive: a chain of small steps leads from any picture to any other. So a group is no chain but a star: it has a leader, all its
 * members lie within the radius of the leader, and leaders lie farther than the radius from one another. The first hash is a leader; each later one is, too, unless it lies within
 * the radius of one that is; who lies within that of several goes to the nearest, of equally near ones to the first. So the order decides who leads, and nothing else does:
 * the same hashes in the same order give the same groups.
 */
#ifndef CUSTOS_MATCH_GROUPS_H
#define CUSTOS_MATCH_GROUPS_H

#include "base/err.h"
#include "media/pdq.h"

/* Of each of `count` hashes its leader's place (a leader's own is its own) and its distance from it. Callers give comparable hashes only (PDQ_QUALITY_LEAST). ERR_NOMEM. */
enum err groups_find(const struct pdq *hashes, uint32_t count, int radius, uint32_t *ret_leader, uint32_t *ret_distance);

#endif
