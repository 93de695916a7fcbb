/* The selectors of the whole exhibit: one row each, and what they were used for. */
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "examine/examine_inside.h"

enum { TALLY_MOST = 64 << 20 };

struct slot {
	uint64_t hash; /* 0: free */
	int64_t id;
};

struct use {
	int64_t selector; /* 0: free */
	int32_t kind, column;
	struct tally_use what;
};

struct tally {
	struct slot *slots;
	struct use *uses;
	size_t slot_room, use_room, use_count;
	int64_t count;
};

struct tally *tally_new(void) { return calloc(1, sizeof(struct tally)); }

void tally_free(struct tally *t)
{
	if (!t)
		return;
	free(t->slots);
	free(t->uses);
	free(t);
}

/* Two different hashes of all four texts, folded: with 64 bits a clash among 10^6 selectors has a chance of 3 in 10^8. */
static uint64_t key_of(const char *const text[4], const size_t size[4])
{
	uint64_t h = 0x9e3779b97f4a7c15u;
	for (int i = 0; i < 4; i++) {
		uint64_t one = text[i] ? text_hash(text[i], size[i]) ^ size[i] : 1;
		h = (h ^ one) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return h ? h : 1;
}

static bool slots_grow(struct tally *t)
{
	size_t room = t->slot_room ? t->slot_room * 2 : 4096;
	struct slot *slots = room <= TALLY_MOST ? calloc(room, sizeof *slots) : NULL;
	if (!slots)
		return false;
	for (size_t i = 0; i < t->slot_room; i++) {
		if (!t->slots[i].hash)
			continue;
		size_t at = t->slots[i].hash & (room - 1);
		while (slots[at].hash)
			at = (at + 1) & (room - 1);
		slots[at] = t->slots[i];
	}
	free(t->slots);
	t->slots = slots;
	t->slot_room = room;
	return true;
}

int64_t tally_selector(struct tally *t, struct exhibit_writer *w, const char *const text[4], const size_t size[4])
{
	if ((size_t)t->count * 4 >= t->slot_room * 3 && !slots_grow(t)) {
		err_set(ERR_NOMEM, "more than 64 million selectors");
		return 0;
	}
	uint64_t hash = key_of(text, size);
	size_t at = hash & (t->slot_room - 1);
	for (; t->slots[at].hash; at = (at + 1) & (t->slot_room - 1))
		if (t->slots[at].hash == hash)
			return t->slots[at].id;
	struct cell cells[5] = { cell_int(t->count + 1) };
	for (int i = 0; i < 4; i++)
		cells[1 + i] = cell_text(text[i], size[i]);
	if (exhibit_put(w, TABLE_SELECTOR, cells, 5))
		return 0;
	t->slots[at] = (struct slot){ hash, ++t->count };
	return t->count;
}

static size_t use_place(const struct use *uses, size_t room, int64_t selector, int kind, int column)
{
	uint64_t h = ((uint64_t)selector * 32 + (uint64_t)kind) * 64 + (uint64_t)(column + 1);
	h = (h * 0x9e3779b97f4a7c15u) >> 20;
	size_t at = h & (room - 1);
	while (uses[at].selector && (uses[at].selector != selector || uses[at].kind != kind || uses[at].column != column))
		at = (at + 1) & (room - 1);
	return at;
}

static bool uses_grow(struct tally *t)
{
	size_t room = t->use_room ? t->use_room * 2 : 4096;
	struct use *uses = room <= TALLY_MOST ? calloc(room, sizeof *uses) : NULL;
	if (!uses)
		return false;
	for (size_t i = 0; i < t->use_room; i++)
		if (t->uses[i].selector)
			uses[use_place(uses, room, t->uses[i].selector, t->uses[i].kind, t->uses[i].column)] = t->uses[i];
	free(t->uses);
	t->uses = uses;
	t->use_room = room;
	return true;
}

enum err tally_add(struct tally *t, int64_t selector, int kind, int column, const struct tally_use *use)
{
	if (!use->count)
		return OK;
	if (t->use_count * 4 >= t->use_room * 3 && !uses_grow(t))
		return err_set(ERR_NOMEM, "too many selectors");
	struct use *u = &t->uses[use_place(t->uses, t->use_room, selector, kind, column)];
	if (!u->selector) {
		*u = (struct use){ selector, kind, column, { 0, TIME_NONE, TIME_NONE } };
		t->use_count++;
	}
	u->what.count += use->count;
	if (use->first != TIME_NONE && (u->what.first == TIME_NONE || use->first < u->what.first))
		u->what.first = use->first;
	if (use->last != TIME_NONE && (u->what.last == TIME_NONE || use->last > u->what.last))
		u->what.last = use->last;
	return OK;
}

static int by_selector(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	if (x->selector != y->selector)
		return x->selector < y->selector ? -1 : 1;
	return x->kind != y->kind ? x->kind - y->kind : x->column - y->column;
}

enum err tally_write(struct tally *t, struct exhibit_writer *w)
{
	size_t n = 0;
	for (size_t i = 0; i < t->use_room; i++)
		if (t->uses[i].selector)
			t->uses[n++] = t->uses[i];
	if (n)
		qsort(t->uses, n, sizeof *t->uses, by_selector);
	enum err e = OK;
	for (size_t i = 0; !e && i < n; i++) {
		const struct use *u = &t->uses[i];
		const char *kind = kinds[u->kind].name, *role = u->column < 0 ? "account" : kinds[u->kind].columns[u->column].name;
		struct cell cells[7] = { cell_int((int64_t)i + 1), cell_int(u->selector), cell_text(kind, strlen(kind)), cell_text(role, strlen(role)),
					 cell_int(u->what.count), { 0 }, { 0 } };
		if (u->what.first != TIME_NONE)
			cells[5] = cell_int(u->what.first);
		if (u->what.last != TIME_NONE)
			cells[6] = cell_int(u->what.last);
		e = exhibit_put(w, TABLE_SELECTOR_USE, cells, 7);
	}
	t->use_room = 0; /* the table is no hash table any more */
	return e;
}
