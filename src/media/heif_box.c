/* The boxes of a HEIF file: items, where they lie, what they are made of. Nothing is kept: each question walks the boxes again, within bounds. */
#include "media/heif.h"

enum { ENTRIES_MOST = 65536, EXTENTS_MOST = 4096 };

/* The next box of `s`. One that is longer than what is left ends with it. */
static bool box_next(struct span *s, uint32_t *ret_type, struct span *ret)
{
	if (span_left(s) < 8)
		return false;
	uint64_t size = span_be32(s), head = 8;
	*ret_type = span_be32(s);
	if (size == 1) {
		size = span_be64(s);
		head = 16;
	}
	uint64_t left = span_left(s);
	if (!span_ok(s) || (size && size < head))
		return false;
	*ret = span_take(s, !size || size - head > left ? left : size - head);
	return true;
}

static struct span box_find(struct span s, uint32_t type)
{
	struct span body;
	uint32_t got;
	while (box_next(&s, &got, &body))
		if (got == type)
			return body;
	return span_of(NULL, 0);
}

enum err heif_open(struct span file, struct heif *ret)
{
	struct span meta = box_find(file, BOX('m', 'e', 't', 'a'));
	span_skip(&meta, 4); /* version, flags */
	meta = span_of(meta.at, span_left(&meta));
	struct span pitm = box_find(meta, BOX('p', 'i', 't', 'm')), iprp = box_find(meta, BOX('i', 'p', 'r', 'p'));
	*ret = (struct heif){ .file = file };
	ret->iinf = box_find(meta, BOX('i', 'i', 'n', 'f'));
	ret->iloc = box_find(meta, BOX('i', 'l', 'o', 'c'));
	ret->iref = box_find(meta, BOX('i', 'r', 'e', 'f'));
	ret->idat = box_find(meta, BOX('i', 'd', 'a', 't'));
	ret->ipco = box_find(iprp, BOX('i', 'p', 'c', 'o'));
	ret->ipma = box_find(iprp, BOX('i', 'p', 'm', 'a'));
	unsigned version = span_u8(&pitm);
	span_skip(&pitm, 3);
	ret->primary = version ? span_be32(&pitm) : span_be16(&pitm);
	if (!span_ok(&pitm) || !ret->primary)
		return err_set(ERR_FORMAT, "the file names no main picture");
	return OK;
}

uint32_t heif_item_type(const struct heif *h, uint32_t id)
{
	struct span s = h->iinf, body;
	uint32_t type;
	unsigned version = span_u8(&s);
	span_skip(&s, version ? 7 : 5);
	for (uint32_t i = 0; i < ENTRIES_MOST && box_next(&s, &type, &body); i++) {
		unsigned v = span_u8(&body);
		span_skip(&body, 3);
		uint32_t item = v == 2 ? span_be16(&body) : v == 3 ? span_be32(&body) : 0;
		span_skip(&body, 2);
		uint32_t kind = span_be32(&body);
		if (type == BOX('i', 'n', 'f', 'e') && item == id && span_ok(&body))
			return kind;
	}
	return 0;
}

/* Number of `width` bytes; none is 0. */
static uint64_t number(struct span *s, unsigned width) { return width ? span_be(s, width) : 0; }

static enum err extents_read(const struct heif *h, struct span *s, unsigned widths[4], unsigned method, struct buf *ret, bool *ret_cut)
{
	uint64_t base = number(s, widths[2]);
	uint32_t count = span_be16(s);
	const struct span *from = method == 1 ? &h->idat : &h->file;
	if (method > 1)
		return err_set(ERR_UNSUPPORTED, "the picture lies in another item");
	if (count > EXTENTS_MOST)
		return err_set(ERR_LIMIT, "the picture lies in %u pieces", count);
	for (uint32_t i = 0; i < count; i++) {
		number(s, widths[3]);
		uint64_t offset = number(s, widths[0]), length = number(s, widths[1]), all = span_size(from);
		if (!span_ok(s))
			return err_set(ERR_FORMAT, "the list of places is damaged");
		offset = offset > UINT64_MAX - base ? UINT64_MAX : offset + base;
		uint64_t there = offset < all ? all - offset : 0;
		*ret_cut |= !there || length > there;
		length = !length || length > there ? there : length;
		/* Pieces that overlap would make much of little. */
		if (length > all - ret->size)
			return err_set(ERR_FORMAT, "the picture's pieces overlap");
		if (length)
			buf_add(ret, from->start + offset, (size_t)length);
	}
	return ret->failed ? ERR_NOMEM : OK;
}

enum err heif_item_bytes(const struct heif *h, uint32_t id, struct buf *ret, bool *ret_cut)
{
	struct span s = h->iloc;
	unsigned version = span_u8(&s), sizes;
	span_skip(&s, 3);
	sizes = span_be16(&s);
	/* Of offset, length, base, index. */
	unsigned widths[4] = { sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15, version ? sizes & 15 : 0 };
	uint32_t count = version < 2 ? span_be16(&s) : span_be32(&s);
	for (uint32_t i = 0; i < count && i < ENTRIES_MOST && span_ok(&s); i++) {
		uint32_t item = version < 2 ? span_be16(&s) : span_be32(&s);
		unsigned method = version ? span_be16(&s) & 15 : 0;
		span_skip(&s, 2); /* which file: this one */
		if (item == id && span_ok(&s))
			return extents_read(h, &s, widths, method, ret, ret_cut);
		span_skip(&s, widths[2]);
		span_skip(&s, (uint64_t)span_be16(&s) * (widths[0] + widths[1] + widths[3]));
	}
	return err_set(ERR_FORMAT, "the picture's place is not said");
}

uint32_t heif_item_part(const struct heif *h, uint32_t id, uint32_t n)
{
	struct span s = h->iref, body;
	uint32_t type;
	unsigned width = span_u8(&s) ? 4 : 2;
	span_skip(&s, 3);
	for (uint32_t i = 0; i < ENTRIES_MOST && box_next(&s, &type, &body); i++) {
		uint64_t from = span_be(&body, width);
		uint32_t count = span_be16(&body);
		if (type != BOX('d', 'i', 'm', 'g') || from != id)
			continue;
		span_skip(&body, (uint64_t)n * width);
		uint64_t to = span_be(&body, width);
		return n < count && span_ok(&body) ? (uint32_t)to : 0;
	}
	return 0;
}

bool heif_item_property(const struct heif *h, uint32_t id, uint32_t n, uint32_t *ret_type, struct span *ret)
{
	struct span s = h->ipma, boxes = h->ipco;
	unsigned version = span_u8(&s);
	span_skip(&s, 2);
	bool wide = span_u8(&s) & 1;
	uint32_t count = span_be32(&s), index = 0;
	for (uint32_t i = 0; i < count && i < ENTRIES_MOST && span_ok(&s) && !index; i++) {
		uint32_t item = version ? span_be32(&s) : span_be16(&s), properties = span_u8(&s);
		if (item == id && n >= properties)
			return false;
		if (item == id)
			span_skip(&s, (uint64_t)n * (wide ? 2 : 1));
		else
			span_skip(&s, (uint64_t)properties * (wide ? 2 : 1));
		if (item == id)
			index = wide ? span_be16(&s) & 0x7fff : span_u8(&s) & 0x7f;
		if (item == id && !index) /* none */
			return *ret_type = 0, *ret = span_of(NULL, 0), span_ok(&s);
	}
	for (uint32_t i = 1; index && i <= index; i++)
		if (!box_next(&boxes, ret_type, ret))
			return false;
	return index != 0;
}
