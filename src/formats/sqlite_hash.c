#include <stdlib.h>
#include <string.h>

#include "formats/sqlite_engine.h"

enum { HASH_EXPECT_MOST = 1 << 23 };

static inline uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 p = (unsigned __int128)a * b;
	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* Multiply-and-fold over words of 8 bytes: fast, and spread well enough for a set of rows (no defence against an author of
 * collisions: the worst they reach is that one of their own rows is taken for a copy of another). */
uint64_t hash_bytes(uint64_t seed, const void *bytes, size_t size)
{
	const uint8_t *p = bytes;
	uint64_t h = seed ^ mix(size ^ 0x9e3779b97f4a7c15u, 0xd6e8feb86659fd93u), word;
	for (; size >= 8; p += 8, size -= 8) {
		memcpy(&word, p, 8);
		h = mix(h ^ word, 0xa0761d6478bd642fu) + 0x8ebc6af09c88c6e3u;
	}
	word = 0;
	if (size)
		memcpy(&word, p, size);
	h = mix(h ^ word, 0xe7037ed1a0b428dbu);
	h = mix(h ^ 0x589965cc75374cc3u, 0x1d8e4e27c47d124fu);
	return h ? h : 1;
}

static bool grow(struct hash_set *s, size_t room)
{
	uint64_t *slots = calloc(room, sizeof(*slots));
	if (!slots)
		return false;
	for (size_t i = 0; i < s->room; i++) {
		if (!s->slots[i])
			continue;
		size_t j = s->slots[i] & (room - 1);
		while (slots[j])
			j = (j + 1) & (room - 1);
		slots[j] = s->slots[i];
	}
	free(s->slots);
	s->slots = slots;
	s->room = room;
	return true;
}

void hash_expect(struct hash_set *s, uint64_t count)
{
	size_t room = 8192;
	while (room * 3 < count * 4 && room < HASH_EXPECT_MOST)
		room *= 2;
	if (room > s->room)
		grow(s, room);
}

bool hash_add(struct hash_set *s, uint64_t h)
{
	if (s->count * 4 >= s->room * 3 && !grow(s, s->room ? s->room * 2 : 8192))
		return false;
	size_t i = h & (s->room - 1);
	for (; s->slots[i]; i = (i + 1) & (s->room - 1))
		if (s->slots[i] == h)
			return false;
	s->slots[i] = h;
	s->count++;
	return true;
}

bool hash_has(const struct hash_set *s, uint64_t h)
{
	if (!s->room)
		return false;
	for (size_t i = h & (s->room - 1); s->slots[i]; i = (i + 1) & (s->room - 1))
		if (s->slots[i] == h)
			return true;
	return false;
}

void hash_flush(struct hash_set *s)
{
	int n = s->waiting;
	s->waiting = 0;
	for (int i = 0; i < n; i++)
		hash_add(s, s->later[i]);
}

void hash_add_later(struct hash_set *s, uint64_t h)
{
	if (s->room)
		__builtin_prefetch(&s->slots[h & (s->room - 1)], 1);
	s->later[s->waiting++] = h;
	if (s->waiting == sizeof(s->later) / sizeof(*s->later))
		hash_flush(s);
}

bool runs_add(struct runs *s, int64_t rowid)
{
	if (s->count && s->at[s->count - 1].high < INT64_MAX && s->at[s->count - 1].high + 1 == rowid) {
		s->at[s->count - 1].high = rowid;
		return true;
	}
	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 64;
		struct run *more = realloc(s->at, room * sizeof(*more));
		if (!more)
			return false;
		s->at = more;
		s->room = room;
	}
	s->at[s->count++] = (struct run){ rowid, rowid };
	s->sorted = false;
	return true;
}

static int run_order(const void *a, const void *b)
{
	int64_t x = ((const struct run *)a)->low, y = ((const struct run *)b)->low;
	return x < y ? -1 : x > y;
}

bool runs_has(struct runs *s, int64_t rowid)
{
	if (!s->sorted && s->count)
		qsort(s->at, s->count, sizeof(*s->at), run_order);
	s->sorted = true;
	size_t low = 0, high = s->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (s->at[middle].low <= rowid)
			low = middle + 1;
		else
			high = middle;
	}
	return low && s->at[low - 1].high >= rowid;
}
