/* typedstream: NeXTSTEP's archive format ("streamtyped"), as in iOS sms.db message.attributedBody.
 * Byte-level notes: docs/formats/typedstream.md. */
#ifndef CUSTOS_FORMATS_TYPEDSTREAM_H
#define CUSTOS_FORMATS_TYPEDSTREAM_H

#include "base/err.h"
#include "base/text.h"

/* Appends the text of the first NSString (or of a class that descends from it) in the stream: for an archived
 * NSAttributedString its text. What stands behind the string is not read, so damage there does not matter. ERR_FORMAT,
 * ERR_TRUNCATED, ERR_UNSUPPORTED (version 3), ERR_LIMIT, ERR_NOMEM; ERR_NOT_FOUND: no string in it. On failure `out` stays as it is. */
enum err typedstream_text(const void *bytes, size_t size, struct buf *out);

#endif
