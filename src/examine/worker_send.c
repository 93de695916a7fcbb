#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "examine/wire.h"
#include "examine/worker_inside.h"

enum { INTERN_MOST = 8 << 20, SELECTOR_MOST = 4096 };

/* Writes what is pending when it is at least `least` bytes. */
void send_flush(struct worker *w, size_t least)
{
	if (w->frame.size < least || w->broken)
		return;
	w->broken = !wire_write(w->out, &w->frame);
}

void send_frame(struct worker *w, char type)
{
	size_t mark = wire_begin(&w->frame, type);
	wire_end(&w->frame, mark);
}

void send_note(struct worker *w, const char *about, uint64_t offset, const char *reason)
{
	struct buf clean = { .limit = 4096 };
	buf_scrub(&clean, reason, strnlen(reason, 2000));
	struct buf *to = w->batch_open ? &w->later : &w->frame;
	size_t mark = wire_begin(to, 'N');
	wire_i64(to, (int64_t)offset);
	wire_string(to, about);
	wire_string(to, clean.data ? clean.data : "");
	wire_end(to, mark);
	buf_free(&clean);
}

static bool intern_grow(struct intern *t)
{
	uint32_t room = t->room ? t->room * 2 : 1024;
	struct intern_slot *slots = calloc(room, sizeof *slots);
	if (!slots)
		return false;
	for (uint32_t i = 0; i < t->room; i++) {
		if (!t->slots[i].number)
			continue;
		uint32_t at = (uint32_t)t->slots[i].hash & (room - 1);
		while (slots[at].number)
			at = (at + 1) & (room - 1);
		slots[at] = t->slots[i];
	}
	free(t->slots);
	t->slots = slots;
	t->room = room;
	return true;
}

/* The text's number; *ret_new when it was not there before. 0 when there is no room. */
static uint32_t intern_put(struct intern *t, const char *text, size_t size, int group, bool *ret_new)
{
	*ret_new = false;
	if (t->count * 4 >= t->room * 3 && (t->count >= INTERN_MOST || !intern_grow(t)))
		return 0;
	uint64_t hash = text_hash(text, size) + (uint64_t)group * 0x9e3779b97f4a7c15u;
	uint32_t at = (uint32_t)hash & (t->room - 1);
	for (; t->slots[at].number; at = (at + 1) & (t->room - 1)) {
		struct intern_slot *s = &t->slots[at];
		if (s->hash == hash && s->key_size == size + 1 && t->keys.data[s->key] == (char)group && memcmp(t->keys.data + s->key + 1, text, size) == 0)
			return s->number;
	}
	if (t->keys.size + size > UINT32_MAX - 2)
		return 0;
	struct intern_slot new = { hash, t->count + 1, (uint32_t)t->keys.size, (uint32_t)size + 1 };
	buf_char(&t->keys, (char)group);
	buf_add(&t->keys, text, size);
	if (t->keys.failed)
		return 0;
	t->slots[at] = new;
	t->count++;
	*ret_new = true;
	return new.number;
}

static void intern_free(struct intern *t)
{
	free(t->slots);
	buf_free(&t->keys);
	*t = (struct intern){ 0 };
}

void send_forget(struct worker *w)
{
	intern_free(&w->selectors);
	intern_free(&w->lists);
	buf_free(&w->values);
	buf_free(&w->value_ends);
}

/* The normalised text of the run's selector `number`, as JSON. */
static void value_json_add(struct worker *w, struct buf *out, uint32_t number)
{
	uint32_t from = 0, to = 0;
	if (number > 1)
		memcpy(&from, w->value_ends.data + 4 * (size_t)(number - 2), 4);
	memcpy(&to, w->value_ends.data + 4 * (size_t)(number - 1), 4);
	buf_json(out, w->values.data + from, to - from);
}

/* Columns with a fixed type read the same text differently: they are groups of their own. */
static int group_of(const struct column *c)
{
	static const char *const fixed[] = { "thread", "phone", "email", "handle", "mac", "imei", "imsi", "iccid" };
	for (int i = 0; c && c->selector && i < (int)(sizeof fixed / sizeof *fixed); i++)
		if (strcmp(c->selector, fixed[i]) == 0)
			return i + 1;
	return 0;
}

uint32_t send_selector(struct worker *w, const struct artifact *a, const struct column *c, const char *text, size_t size)
{
	bool new;
	if (size > SELECTOR_MOST) { /* its beginning is kept, and unfit_note() says so */
		size = utf8_valid(text, SELECTOR_MOST);
		w->cut++;
	}
	if (selector_empty(text, size))
		return 0;
	/* Blanks, or a prefix that a query set before nothing ('phone:' || ''), name nobody. */
	size_t n = size;
	while (n && isspace((unsigned char)text[n - 1]))
		n--;
	if (!n || (text[n - 1] == ':' && n <= 8 && !selector_read(text, size, c ? c->selector : NULL, w->job.region, &w->selector)))
		return 0;
	uint32_t number = intern_put(&w->selectors, text, size, group_of(c), &new);
	if (!new)
		return number;
	/* The parent refuses a text that is no UTF-8, and would refuse with it all that comes after. */
	struct buf clean = { 0 };
	if (utf8_valid(text, size) != size) {
		buf_scrub(&clean, text, size);
		w->frame.failed |= clean.failed;
		text = clean.data ? clean.data : "";
		size = clean.size > SELECTOR_MOST ? utf8_valid(text, SELECTOR_MOST) : clean.size;
	}
	struct selector *s = &w->selector;
	if (!selector_read(text, size, c ? c->selector : NULL, w->job.region, s) || s->value.failed) {
		s->type = "name";
		s->service_bound = true;
		s->raw = text;
		s->raw_size = size;
		buf_clear(&s->value);
		buf_add(&s->value, text, size);
	}
	size_t mark = wire_begin(&w->frame, 'S');
	wire_string(&w->frame, s->type);
	wire_text(&w->frame, s->value.data ? s->value.data : "", s->value.size);
	wire_text(&w->frame, s->raw, s->raw_size);
	wire_string(&w->frame, s->service_bound ? (a->app ? a->app : a->name) : NULL);
	wire_end(&w->frame, mark);
	buf_add(&w->values, s->value.data, s->value.size);
	wire_u32(&w->value_ends, (uint32_t)w->values.size);
	w->frame.failed |= w->values.failed || w->value_ends.failed;
	buf_free(&clean);
	return number;
}

/* The texts of a JSON array, through SQLite's own JSON reader. A text that is no array is one selector. What goes on is the array of the
 * normalised texts; as found they stand with their selectors. */
uint32_t send_list(struct worker *w, const struct artifact *a, const struct column *c, const char *text, size_t size)
{
	bool new;
	if (!size)
		return 0;
	uint32_t number = intern_put(&w->lists, text, size, group_of(c), &new), members[WIRE_LIST_MOST];
	if (!new)
		return number;
	int count = 0;
	sqlite3_stmt *q = NULL;
	if (text[0] == '[' && sqlite3_prepare_v2(w->db, "SELECT value FROM json_each(?1) WHERE value IS NOT NULL AND json_valid(?1)", -1, &q, NULL) == SQLITE_OK) {
		sqlite3_bind_text(q, 1, text, (int)size, SQLITE_STATIC);
		while (sqlite3_step(q) == SQLITE_ROW) {
			if (count == WIRE_LIST_MOST) {
				w->cut++;
				break;
			}
			const char *value = (const char *)sqlite3_column_text(q, 0);
			uint32_t m = value ? send_selector(w, a, c, value, (size_t)sqlite3_column_bytes(q, 0)) : 0;
			if (m)
				members[count++] = m;
		}
		sqlite3_finalize(q);
	} else if ((members[0] = send_selector(w, a, c, text, size))) {
		count = 1;
	}
	struct buf json = { 0 };
	buf_char(&json, '[');
	for (int i = 0; i < count && !w->frame.failed; i++) {
		if (i)
			buf_char(&json, ',');
		value_json_add(w, &json, members[i]);
	}
	buf_char(&json, ']');
	size_t mark = wire_begin(&w->frame, 'L');
	wire_text(&w->frame, json.data ? json.data : "[]", json.data ? json.size : 2);
	buf_free(&json);
	wire_u16(&w->frame, (uint16_t)count);
	for (int i = 0; i < count; i++)
		wire_u32(&w->frame, members[i]);
	wire_end(&w->frame, mark);
	return number;
}
