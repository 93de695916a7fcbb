/* Groups of near-duplicates against the rule read out loud: compare with every leader there is. */
#include "match/groups.h"

#include <stdbool.h>
#include <stdlib.h>

#include "check.h"

static uint64_t state = 88172645463325252ull;

static uint64_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static int apart(const struct pdq *a, const struct pdq *b)
{
	int n = 0;
	for (int i = 0; i < 4; i++)
		n += __builtin_popcountll(a->words[i] ^ b->words[i]);
	return n;
}

static void compare(uint32_t count, uint32_t centres, uint32_t flips)
{
	struct pdq *h = calloc(count, sizeof *h);
	uint32_t *leader = calloc(count, sizeof *leader), *distance = calloc(count, sizeof *distance), *leaders = calloc(count, sizeof *leaders), leading = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (i < centres)
			h[i] = (struct pdq){ { next(), next(), next(), next() } };
		else
			h[i] = h[next() % centres];
		for (uint64_t n = i < centres ? 0 : next() % flips; n--;)
			h[i].words[next() % 4] ^= 1ull << (next() % 64);
	}
	CHECK_INT(groups_find(h, count, 31, leader, distance), OK);
	for (uint32_t i = 0; i < count; i++) {
		bool near = false;
		for (uint32_t k = 0; k < leading; k++)
			near |= apart(&h[i], &h[leaders[k]]) <= 31;
		if (!near)
			leaders[leading++] = i;
	}
	for (uint32_t i = 0; i < count; i++) { /* leaders that came later may be nearer */
		int best = 300;
		uint32_t whose = i;
		for (uint32_t k = 0; k < leading; k++)
			if (apart(&h[i], &h[leaders[k]]) < best) {
				best = apart(&h[i], &h[leaders[k]]);
				whose = leaders[k];
			}
		CHECK_INT(leader[i], whose);
		CHECK_INT(distance[i], best);
	}
	CHECK(leading > 1 && leading < count);
	free(h);
	free(leader);
	free(distance);
	free(leaders);
}

TEST(few) { compare(300, 20, 40); }
TEST(chains) { compare(900, 3, 70); }
TEST(many_through_the_index) { compare(6000, 400, 30); }

TEST(none_and_one)
{
	struct pdq h = { { 1, 2, 3, 4 } };
	uint32_t leader = 7, distance = 7;
	CHECK_INT(groups_find(&h, 0, 31, &leader, &distance), OK);
	CHECK_INT(leader, 7);
	CHECK_INT(groups_find(&h, 1, 31, &leader, &distance), OK);
	CHECK_INT(leader, 0);
	CHECK_INT(distance, 0);
}

int main(void)
{
	RUN(few);
	RUN(chains);
	RUN(many_through_the_index);
	RUN(none_and_one);
	return check_done();
}
