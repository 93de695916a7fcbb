#include <stdlib.h>
#include <string.h>

#include "formats/sqlite_engine.h"

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

static bool grow(struct hash_set *s)
{
	size_t room = s->room ? s->room * 2 : 1024;
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

bool hash_add(struct hash_set *s, uint64_t h)
{
	if (s->count * 3 >= s->room * 2 && !grow(s))
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
