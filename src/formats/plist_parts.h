/* plist_parts: what the files of the property list reader share. Internal to formats/. */
#ifndef CUSTOS_FORMATS_PLIST_PARTS_H
#define CUSTOS_FORMATS_PLIST_PARTS_H

#include "formats/value.h"

/* Of the XML form; the rest as plist_read(). */
enum err plist_xml_read(struct arena *a, const void *bytes, size_t size, const struct value **ret);

/* A VALUE_INT, or beyond int64 the decimal digits as VALUE_TEXT, so that no number is rounded. */
struct value *plist_integer(struct arena *a, unsigned __int128 magnitude, bool negative);

/* A VALUE_DATE, or null when `seconds` since 2001 is no plausible moment. */
struct value *plist_date(struct arena *a, double seconds);

/* Sets "memory granted is used up" as the line of context. */
enum err plist_no_room(void);

#endif
