/* plist: Apple property lists, binary ("bplist00") and XML, and NSKeyedArchiver archives, into a value tree.
 * Byte-level notes: docs/formats/plist.md. Values borrow from `bytes`, which must outlive them. */
#ifndef CUSTOS_FORMATS_PLIST_H
#define CUSTOS_FORMATS_PLIST_H

#include "formats/value.h"

/* Reads either form (by its first bytes). ERR_FORMAT, ERR_TRUNCATED, ERR_LIMIT (depth, arena), ERR_NOMEM, ERR_UNSUPPORTED (the
 * old ASCII form, other binary versions, XML with declarations); err_message() names the offset or line and the reason.
 * An integer beyond int64 becomes the text of its digits, a date beyond the years 1–9999 null. */
enum err plist_read(struct arena *a, const void *bytes, size_t size, const struct value **ret);

/* True when the bytes begin like a property list of either form. */
bool plist_is(const void *bytes, size_t size);

/* Resolves an NSKeyedArchiver archive (a plist whose `$archiver` names it) to plain values: UIDs followed from `$top`
 * (its `root`, or the dict of all tops when there is no root), NSArray/NSSet → array, NSDictionary → dict, NSString,
 * NSData, NSDate, NSURL (string), NSUUID (text), NSNumber resolved; any other class → dict of its fields plus "$class": its name.
 * Cycles are cut with null. A tree that is no archive is returned as it is. Nodes may be shared with `archive`.
 * ERR_LIMIT (depth, arena), ERR_NOMEM. Byte-level notes: docs/formats/nskeyed.md. */
enum err nskeyed_resolve(struct arena *a, const struct value *archive, const struct value **ret);

#endif
