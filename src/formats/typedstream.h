/* typedstream: NeXTSTEP's archive format ("streamtyped"), as in iOS sms.db message.attributedBody.
 * Byte-level notes: docs/formats/typedstream.md. */
#ifndef CUSTOS_FORMATS_TYPEDSTREAM_H
#define CUSTOS_FORMATS_TYPEDSTREAM_H

#include "base/err.h"
#include "base/text.h"

/* Appends the text of the first NSString / NSMutableString of an archived NSAttributedString. */
enum err typedstream_text(const void *bytes, size_t size, struct buf *out);

#endif
