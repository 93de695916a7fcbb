/* What the files of match/list* share: the layout of a list's file. This room's own. Bytes: docs/formats/hashlist.md. */
#ifndef CUSTOS_MATCH_LIST_PARTS_H
#define CUSTOS_MATCH_LIST_PARTS_H

#include "match/list.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "lists are mapped into memory as they are: little-endian only"
#endif

#define LIST_MAGIC "CUSTOSHL"
#define LIST_SUFFIX ".hashlist"
enum {
	LIST_FORMAT = 1,
	LIST_HEADER = 512,
	LIST_ALIGN = 64,
	/* Offsets in the header. */
	LIST_AT_SIZE = 24,
	LIST_AT_SHA256 = 32,
	LIST_AT_CHECKSUM = 64,
	LIST_AT_TEXTS = 128,
	LIST_AT_REGIONS = 176,
	LIST_TEXTS = 6,
};

/* Regions after those of the five kinds of hashes (numbered as enum list_kind). */
enum list_region { LIST_PDQ_ENTRIES = LIST_KINDS, LIST_ENTRIES, LIST_CATEGORIES, LIST_LABELS, LIST_TEXT, LIST_REGIONS };

/* Bytes of a record of each region. Records of hashes end with their entry's number, but for PDQ. */
static inline size_t list_region_size(int region)
{
	static const uint8_t sizes[LIST_REGIONS] = { 20, 24, 36, 32, LIST_PHOTODNA_SIZE + 4, 4, 16, 16, 16, 1 };
	return sizes[region];
}

/* A record of LIST_ENTRIES. With LIST_MEDIA_NUMBER `media` is a number, else an offset into the texts. */
enum { LIST_MEDIA_NUMBER = 1 << 15 };
struct list_row {
	uint64_t media;
	uint32_t label;    /* of LIST_LABELS: offset of the series' text, offset of the tags' */
	uint16_t category; /* of LIST_CATEGORIES: offset of its text, entries in it */
	uint16_t flags;
};
_Static_assert(sizeof(struct list_row) == 16, "a record of the file");

#endif
