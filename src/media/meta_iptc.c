/* Photoshop's resource blocks (JPEG's APP13) and IPTC-IIM records in them. */
#include <stdio.h>
#include <string.h>

#include "media/meta_inside.h"

enum { BLOCKS_MOST = 1000, RECORDS_MOST = 2000 };

void meta_iptc(struct meta *m, struct span s)
{
	/* Records 2:n that say who, where, what. 40 and 103 are where Facebook and Instagram put marks of their own. */
	static const struct { uint8_t set; const char *name; } names[] = {
		{ 5, "iptc:ObjectName" }, { 25, "iptc:Keywords" }, { 40, "iptc:SpecialInstructions" }, { 55, "iptc:DateCreated" },
		{ 60, "iptc:TimeCreated" }, { 65, "iptc:OriginatingProgram" }, { 80, "iptc:By-line" }, { 90, "iptc:City" },
		{ 101, "iptc:Country" }, { 103, "iptc:OriginalTransmissionReference" }, { 105, "iptc:Headline" }, { 110, "iptc:Credit" },
		{ 115, "iptc:Source" }, { 116, "iptc:CopyrightNotice" }, { 120, "iptc:Caption" }, { 122, "iptc:Writer" },
	};
	for (unsigned i = 0; i < RECORDS_MOST && span_left(&s) >= 5; i++) {
		uint64_t at = meta_at(m, &s);
		uint8_t mark = span_u8(&s), record = span_u8(&s), set = span_u8(&s);
		uint16_t size = span_be16(&s);
		if (mark != 0x1c)
			return; /* padding, or no IPTC */
		struct span value = span_take(&s, size); /* 0x8000 and more would be a long form that nothing here needs */
		if (!span_ok(&value)) {
			meta_note(m, at, "an IPTC record %u:%u of %u bytes is not all there", record, set, size);
			return;
		}
		for (size_t k = 0; record == 2 && k < sizeof names / sizeof *names; k++)
			if (names[k].set == set)
				meta_detail(m, names[k].name, value.start, span_size(&value));
		if (record == 2 && set == 40 && size > 4 && memcmp(value.start, "FBMD", 4) == 0)
			meta_detail_true(m, "iptc:FBMD");
	}
}

void meta_photoshop(struct meta *m, struct span s)
{
	for (unsigned i = 0; i < BLOCKS_MOST && span_left(&s) >= 12; i++) {
		uint64_t at = meta_at(m, &s);
		if (!span_match(&s, "8BIM", 4))
			return;
		uint16_t id = span_be16(&s);
		uint8_t name = span_u8(&s);
		span_skip(&s, name + (name % 2 == 0)); /* name and its length byte together fill whole pairs */
		uint32_t size = span_be32(&s);
		struct span value = span_take(&s, size);
		if (!span_ok(&value)) {
			meta_note(m, at, "a Photoshop block %04x of %u bytes is not all there", id, size);
			return;
		}
		if (size % 2 && span_left(&s))
			span_skip(&s, 1);
		if (id == 0x0404)
			meta_iptc(m, value);
	}
}
