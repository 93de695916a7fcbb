/* HEIF and AVIF: items of the "meta" box. EXIF and XMP are items; the picture's size and turning are properties of the primary one. */
#include <string.h>

#include "media/meta_inside.h"

enum { ITEMS_MOST = 8, EXTENTS_MOST = 100000, PROPERTIES_MOST = 128 };

struct items {
	struct meta *m;
	struct {
		uint32_t id;
		bool exif, found;
		enum { OF_NONE, OF_PRIMARY, OF_OTHER } of; /* which picture it describes, where that is said */
		struct span bytes;
	} wanted[ITEMS_MOST];
	unsigned wanted_count;
	uint32_t primary;
	struct span data; /* "idat" */
};

static void item_info(struct items *it, struct span s)
{
	unsigned version = span_be32(&s) >> 24;
	if (version < 2) /* of older drafts: no types of items */
		return;
	uint32_t id = version == 2 ? span_be16(&s) : span_be32(&s);
	span_skip(&s, 2);
	uint32_t type = span_be32(&s);
	bool exif = type == BOX("Exif"), mime = type == BOX("mime");
	if (mime) {
		const uint8_t *nul = span_left(&s) ? memchr(s.at, 0, span_left(&s)) : NULL; /* behind its name stands its content type */
		span_skip(&s, nul ? (uint64_t)(nul - s.at) + 1 : span_left(&s));
		mime = span_match(&s, "application/rdf+xml", 19);
	}
	if (span_ok(&s) && (exif || mime) && it->wanted_count < ITEMS_MOST) {
		it->wanted[it->wanted_count].id = id;
		it->wanted[it->wanted_count++].exif = exif;
	}
}

static void infos_take(struct items *it, struct box b)
{
	struct span s = b.body;
	span_skip(&s, span_be32(&s) >> 24 ? 4 : 2);
	struct box entry;
	while (meta_box_next(it->m, &s, &entry))
		if (entry.type == BOX("infe"))
			item_info(it, entry.body);
}

static void item_take(struct items *it, bool exif, struct span bytes)
{
	if (!exif) {
		meta_xmp(it->m, bytes);
		return;
	}
	uint32_t before = span_be32(&bytes); /* bytes between this number and the byte order mark */
	if (span_ok(&bytes) && before <= span_left(&bytes)) {
		span_skip(&bytes, before);
		meta_tiff(it->m, bytes, false);
		meta_detail_true(it->m, "exif");
	} else {
		meta_note(it->m, meta_at(it->m, &bytes), "an EXIF item begins beyond its end");
	}
}

static uint64_t sized(struct span *s, unsigned width)
{
	if (!width)
		return 0;
	return span_be(s, width);
}

/* Where the items lie. Sizes of the numbers are said first: 0, 4 or 8 bytes each. */
static void locations_take(struct items *it, struct box b)
{
	struct span s = b.body;
	unsigned version = span_be32(&s) >> 24, sizes = span_be16(&s), extents = 0;
	unsigned offset_size = sizes >> 12, length_size = sizes >> 8 & 15, base_size = sizes >> 4 & 15, index_size = version ? sizes & 15 : 0;
	uint32_t count = version < 2 ? span_be16(&s) : span_be32(&s);
	if (version > 2 || offset_size > 8 || length_size > 8 || base_size > 8 || index_size > 8) {
		meta_note(it->m, b.at, "item locations of an unknown kind");
		return;
	}
	for (uint32_t i = 0; i < count && span_ok(&s) && span_left(&s); i++) {
		uint32_t id = version < 2 ? span_be16(&s) : span_be32(&s);
		unsigned method = version ? span_be16(&s) & 15 : 0;
		unsigned elsewhere = span_be16(&s);
		uint64_t base = sized(&s, base_size);
		unsigned parts = span_be16(&s);
		uint64_t offset = 0, length = 0;
		for (unsigned k = 0; k < parts && offset_size + length_size + index_size && span_ok(&s); k++) {
			if (++extents > EXTENTS_MOST) {
				meta_note(it->m, meta_at(it->m, &s), "more than %d parts of items", EXTENTS_MOST);
				return;
			}
			sized(&s, index_size);
			uint64_t o = sized(&s, offset_size), l = sized(&s, length_size);
			if (k == 0) {
				offset = o;
				length = l;
			}
		}
		for (unsigned k = 0; k < it->wanted_count; k++) {
			if (it->wanted[k].id != id || it->wanted[k].found)
				continue;
			const struct span *within = method == 1 ? &it->data : &it->m->file;
			struct span bytes = span_part(within, base + offset, length);
			if (parts != 1 || elsewhere || method > 1)
				meta_note(it->m, b.at, "item %u lies in %u parts, or elsewhere: not read", id, parts);
			else if (base + offset < base || !span_ok(&bytes) || !length)
				meta_note(it->m, b.at, "item %u is not all there", id);
			else
				it->wanted[k].bytes = bytes;
			it->wanted[k].found = true;
		}
	}
	if (!span_ok(&s))
		meta_note(it->m, b.at, "item locations end too early");
}

/* "cdsc" references: which picture an item describes. */
static void references_take(struct items *it, struct box b)
{
	struct span s = b.body;
	bool wide = span_be32(&s) >> 24;
	struct box r;
	while (meta_box_next(it->m, &s, &r)) {
		uint32_t from = wide ? span_be32(&r.body) : span_be16(&r.body);
		unsigned count = span_be16(&r.body);
		for (unsigned i = 0; r.type == BOX("cdsc") && i < count && span_left(&r.body); i++) {
			uint32_t to = wide ? span_be32(&r.body) : span_be16(&r.body);
			for (unsigned k = 0; k < it->wanted_count; k++)
				if (it->wanted[k].id == from && it->wanted[k].of != OF_PRIMARY)
					it->wanted[k].of = to == it->primary ? OF_PRIMARY : OF_OTHER;
		}
	}
}

/* The nth property (from 1) of the primary item: its size, how it is turned. */
static void property_apply(struct items *it, struct span list, uint32_t nth)
{
	struct media_meta *out = it->m->out;
	struct box b;
	for (uint32_t i = 1; i <= nth; i++)
		if (!meta_box_next(it->m, &list, &b))
			return;
	if (b.type == BOX("ispe")) {
		span_skip(&b.body, 4);
		out->width = span_be32(&b.body);
		out->height = span_be32(&b.body);
	} else if (b.type == BOX("irot")) {
		static const uint8_t turned[] = { 1, 8, 3, 6 }; /* quarters, anticlockwise */
		out->orientation = turned[span_u8(&b.body) & 3];
	} else if (b.type == BOX("auxC")) {
		meta_detail_true(it->m, "heif:auxiliary");
	}
}

static void properties_take(struct items *it, struct span s)
{
	struct box list, links;
	if (!meta_box_find(it->m, s, BOX("ipco"), &list) || !meta_box_find(it->m, s, BOX("ipma"), &links))
		return;
	struct span l = links.body;
	uint32_t head = span_be32(&l), count = span_be32(&l);
	for (uint32_t i = 0; i < count && span_ok(&l) && span_left(&l); i++) {
		uint32_t id = head >> 24 ? span_be32(&l) : span_be16(&l);
		unsigned associations = span_u8(&l);
		for (unsigned k = 0; k < associations; k++) {
			uint32_t nth = head & 1 ? span_be16(&l) & 0x7fff : span_u8(&l) & 0x7f;
			if (id == it->primary && nth && nth <= PROPERTIES_MOST)
				property_apply(it, list.body, nth);
		}
		if (id == it->primary)
			return;
	}
}

void meta_items(struct meta *m, struct span body)
{
	struct items it = { .m = m, .data = span_of(NULL, 0) };
	struct box b;
	span_skip(&body, 4);
	body = span_of(body.at, span_left(&body));
	if (meta_box_find(m, body, BOX("pitm"), &b)) {
		bool narrow = span_be32(&b.body) >> 24 == 0;
		it.primary = narrow ? span_be16(&b.body) : span_be32(&b.body);
	}
	if (meta_box_find(m, body, BOX("idat"), &b))
		it.data = b.body;
	if (meta_box_find(m, body, BOX("iprp"), &b))
		properties_take(&it, b.body);
	if (meta_box_find(m, body, BOX("iinf"), &b))
		infos_take(&it, b);
	if (it.wanted_count && meta_box_find(m, body, BOX("iref"), &b))
		references_take(&it, b);
	if (it.wanted_count && meta_box_find(m, body, BOX("iloc"), &b))
		locations_take(&it, b);
	/* What says that it describes the primary picture comes first; another picture's is not this file's. */
	for (int turn = 0; turn < 2; turn++)
		for (unsigned k = 0; k < it.wanted_count; k++)
			if (it.wanted[k].of == (turn ? OF_NONE : OF_PRIMARY) && span_size(&it.wanted[k].bytes))
				item_take(&it, it.wanted[k].exif, it.wanted[k].bytes);
}
