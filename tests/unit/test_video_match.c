/* The matching rule of videos: against a count pair by pair, and on the reference's own videos (shared data). */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "match/near.h"
#include "match/video_match.h"

enum { MOST = 1500 };

static uint32_t turn = 1;
static uint32_t any(void) { return (turn = turn * 1664525 + 1013904223) >> 8; }

static struct pdq random_hash(void)
{
	struct pdq p;
	for (int i = 0; i < 4; i++)
		p.words[i] = (uint64_t)any() << 40 ^ (uint64_t)any() << 20 ^ any();
	return p;
}

static struct pdq changed(struct pdq p, int bits)
{
	bool done[256] = { false };
	while (bits) {
		uint32_t b = any() % 256;
		if (!done[b]) {
			p.words[b / 64] ^= 1ull << b % 64;
			done[b] = true;
			bits--;
		}
	}
	return p;
}

/* The rule in its plainest words. */
static uint32_t count_plainly(const struct video_frames *a, const struct video_frames *b, int quality, int distance, uint32_t *ret_distinct, uint32_t *ret_low)
{
	uint32_t matched = 0;
	*ret_distinct = *ret_low = 0;
	for (uint32_t i = 0; i < a->count; i++) {
		bool found = false, before = false;
		if (a->qualities[i] < quality) {
			++*ret_low;
			continue;
		}
		for (uint32_t k = 0; k < i; k++)
			before |= a->qualities[k] >= quality && pdq_distance(&a->hashes[k], &a->hashes[i]) == 0;
		if (before)
			continue;
		++*ret_distinct;
		for (uint32_t k = 0; k < b->count; k++)
			found |= b->qualities[k] >= quality && pdq_distance(&a->hashes[i], &b->hashes[k]) <= distance;
		matched += found;
	}
	return matched;
}

TEST(counted_pair_by_pair)
{
	static struct pdq a[MOST], b[MOST];
	static uint8_t qa[MOST], qb[MOST];
	for (int round = 0; round < 30; round++) {
		struct video_frames x = { a, qa, any() % 90 }, y = { b, qb, any() % 120 };
		struct video_rule rule = { (int)(any() % 101), (int)(any() % (NEAR_RADIUS_MOST + 1)), 50, 10 };
		for (uint32_t i = 0; i < x.count; i++) {
			a[i] = i && any() % 3 == 0 ? a[any() % i] : random_hash();
			qa[i] = (uint8_t)(any() % 101);
		}
		for (uint32_t i = 0; i < y.count; i++) {
			b[i] = x.count && any() % 2 ? changed(a[any() % x.count], (int)(any() % 70)) : random_hash();
			qb[i] = (uint8_t)(any() % 101);
		}
		struct video_match m;
		uint32_t distinct, low;
		CHECK_INT(video_match(&x, &y, &rule, &m), OK);
		CHECK_INT(m.query.matched, count_plainly(&x, &y, rule.quality_least, rule.distance_most, &distinct, &low));
		CHECK_INT(m.query.distinct, distinct);
		CHECK_INT(m.query.low, low);
		CHECK_INT(m.query.frames, x.count);
		CHECK_INT(m.compared.matched, count_plainly(&y, &x, rule.quality_least, rule.distance_most, &distinct, &low));
		CHECK_INT(m.compared.distinct, distinct);
		CHECK_INT(m.compared.low, low);
		int nearest = -1;
		for (uint32_t i = 0; i < x.count; i++)
			for (uint32_t k = 0; k < y.count; k++) {
				int d = pdq_distance(&a[i], &b[k]);
				if (qa[i] >= rule.quality_least && qb[k] >= rule.quality_least && d <= rule.distance_most && (nearest < 0 || d < nearest)) {
					nearest = d;
					CHECK(m.distance <= d);
				}
			}
		CHECK_INT(m.distance, nearest);
		CHECK(nearest < 0 || pdq_distance(&a[m.query_frame], &b[m.compared_frame]) == nearest);
		CHECK_INT(m.match, m.query.distinct && m.compared.distinct && m.query.percent >= 50 && m.compared.percent >= 10);
	}
}

/* At most 31, at least 50: the limits themselves match. */
TEST(limits_belong)
{
	struct pdq a = random_hash(), b31 = changed(a, 31), b32 = changed(a, 32);
	struct video_match m;
	uint8_t q50 = 50, q49 = 49;
	struct video_frames x = { &a, &q50, 1 }, y = { &b31, &q50, 1 }, far = { &b32, &q50, 1 }, low = { &b31, &q49, 1 }, none = { NULL, NULL, 0 };
	CHECK_INT(video_match(&x, &y, NULL, &m), OK);
	CHECK(m.match && m.distance == 31 && m.query.percent > 99 && m.compared.percent > 99);
	CHECK_INT(video_match(&x, &far, NULL, &m), OK);
	CHECK(!m.match && m.comparable && m.distance == -1);
	CHECK_INT(video_match(&x, &low, NULL, &m), OK);
	CHECK(!m.match && !m.comparable && m.compared.low == 1);
	CHECK_INT(video_match(&x, &none, NULL, &m), OK);
	CHECK(!m.match && !m.comparable);
	CHECK_INT(video_match(&x, &y, &(struct video_rule){ 50, 64, 0, 0 }, &m), ERR_USAGE);
	CHECK_INT(video_match(&x, &y, &(struct video_rule){ 50, -1, 0, 0 }, &m), ERR_USAGE);
	CHECK_INT(video_match(&x, &y, &(struct video_rule){ 50, 31, 101, 0 }, &m), ERR_USAGE);
}

/* Above some size an index is made: the same figures. */
TEST(many_frames)
{
	enum { MANY = 33000 };
	struct pdq *a = malloc(MANY * sizeof *a), *b = malloc(MANY * sizeof *b);
	uint32_t planted = 0;
	for (uint32_t i = 0; i < MANY; i++) {
		a[i] = random_hash();
		b[i] = random_hash();
	}
	for (uint32_t i = 0; i < MANY; i += 1000, planted++)
		b[MANY - 1 - i] = changed(a[i], (int)(i / 1000 % 32));
	struct video_match m;
	CHECK_INT(video_match(&(struct video_frames){ a, NULL, MANY }, &(struct video_frames){ b, NULL, MANY }, NULL, &m), OK);
	CHECK_INT(m.query.matched, planted);
	CHECK_INT(m.compared.matched, planted);
	CHECK_INT(m.distance, 0);
	CHECK_INT(m.query_frame, 0);
	free(a);
	free(b);
}

/* The published hashes: the two takes of one scene match, the other video does not; the same at 128 × 128 does. */
TEST(reference_videos)
{
	static const char *const names[] = { "chair-22-with-small-logo-bar", "chair-orig-22-sd-bar", "pattern-hd-no-bar", "chair-22-with-small-logo-bar-128x128", "pattern-hd-no-bar-128x128" };
	static const bool same[5][5] = { { 1, 1, 0, 1, 0 }, { 1, 1, 0, 1, 0 }, { 0, 0, 1, 0, 1 }, { 1, 1, 0, 1, 0 }, { 0, 0, 1, 0, 1 } };
	static struct pdq hashes[5][MOST];
	static uint8_t qualities[5][MOST];
	struct video_frames videos[5];
	for (int n = 0; n < 5; n++) {
		const char *given = getenv("CUSTOS_SHARED"), *source = getenv("CUSTOS_SOURCE");
		char path[600], hash[80], line[200];
		int quality;
		snprintf(path, sizeof path, "%s%s/data/pdq/vpdq/%s.txt", given ? given : source ? source : "..", given ? "" : source ? "/../shared" : "/shared", names[n]);
		FILE *f = fopen(path, "r");
		if (!f) {
			SKIP("the shared data is not there");
			return;
		}
		videos[n] = (struct video_frames){ hashes[n], qualities[n], 0 };
		while (videos[n].count < MOST && fgets(line, sizeof line, f)) {
			CHECK_INT(sscanf(line, "%*d,%d,%64[0-9a-f]", &quality, hash), 2);
			CHECK(pdq_parse(hash, 64, &hashes[n][videos[n].count]));
			qualities[n][videos[n].count++] = (uint8_t)quality;
		}
		fclose(f);
	}
	for (int i = 0; i < 5; i++)
		for (int k = 0; k < 5; k++) {
			struct video_match m;
			CHECK_INT(video_match(&videos[i], &videos[k], NULL, &m), OK);
			CHECK_INT(m.match, same[i][k]);
			CHECK(same[i][k] ? m.compared.percent >= 80 : m.compared.percent < 5);
		}
}

int main(void)
{
	RUN(counted_pair_by_pair);
	RUN(limits_belong);
	RUN(many_frames);
	RUN(reference_videos);
	return check_done();
}
