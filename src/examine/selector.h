/* selector: what kind of identifier a text is, and its one normal spelling.
 *
 * An artifact gives identifiers as found. One with a known meaning is prefixed ("phone:", "id:", "handle:", "email:", "mac:", "imei:", "imsi:", "iccid:",
 * "group:", "lid:", "device:"); the prefix is taken off. Without prefix only a shape that cannot be mistaken is believed: "+…" and "0…" are
 * telephone numbers (E.164 with the default region), WhatsApp's jids what their domain says, "a@b.c" an e-mail address; plain digits are
 * "number", all else "name": a user id must never be turned into somebody's telephone number.
 */
#ifndef CUSTOS_EXAMINE_SELECTOR_H
#define CUSTOS_EXAMINE_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct selector {
	const char *type;         /* static */
	bool service_bound;       /* only means something within its service (user id, handle, thread) */
	const char *raw;          /* in the input, behind a prefix */
	size_t raw_size;
	struct buf value;         /* normalised; the caller keeps and frees it */
};

/* Turns text into *ret (whose `value` is cleared first). `fixed` is the column's selector type, or NULL. False when there is nothing but blanks. */
bool selector_read(const char *text, size_t size, const char *fixed, const char *region, struct selector *ret);

/* Nothing but blanks, or a prefix with nothing behind it ("phone:"): no selector at all. */
bool selector_empty(const char *text, size_t size);

#endif
