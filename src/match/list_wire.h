/* list_wire: what the parser of a list tells its parent (base/frames.h, base/wire.h). This room's own.
 *
 *	job            u8 format (number in list_formats; 255: by content)
 *	'D' records    u32 count, each: u8 hashes (bits as in list_record), u8 keyed, u16 flags, i64 time, the hashes, four texts: media, category, series, tags
 *	'P' progress   i64 bytes of the file that were read
 *	'F' failed     u32 -err, text reason, with line and byte
 *	'Z' done       u8 format, text version, u8 another file follows, i64 records, i64 without hash, i64 foreign, text the first of them, i64 other PhotoDNA, i64 cut texts
 */
#ifndef CUSTOS_MATCH_LIST_WIRE_H
#define CUSTOS_MATCH_LIST_WIRE_H

#include "base/frames.h"
#include "base/wire.h"

enum { LIST_WIRE_BATCH = 60 << 10, LIST_WIRE_PROGRESS = 4 << 20, LIST_WIRE_BY_CONTENT = 255 };

#endif
