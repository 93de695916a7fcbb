/* protobuf: wire format without a schema (protobuf.dev, "Encoding"). Byte-level notes: docs/formats/protobuf.md. */
#ifndef CUSTOS_FORMATS_PROTOBUF_H
#define CUSTOS_FORMATS_PROTOBUF_H

#include "base/err.h"
#include "base/span.h"
#include "base/text.h"

enum protobuf_wire { PROTOBUF_VARINT = 0, PROTOBUF_I64 = 1, PROTOBUF_LEN = 2, PROTOBUF_I32 = 5 };

struct protobuf_field {
	uint32_t number;
	enum protobuf_wire wire;
	uint64_t integer;  /* varint, i64, i32 (zero-extended) */
	struct span bytes; /* PROTOBUF_LEN: borrowed */
	size_t offset;     /* of the tag, from the message's start */
};

/* The next field of the message `s`; false at its end or where it is malformed (then s->short_read is set).
 * Groups (wire types 3, 4) are skipped over whole, at most 64 deep. */
bool protobuf_next(struct span *s, struct protobuf_field *ret);

/* The field a path names: numbers joined by '.', each optionally "[i]" (i-th occurrence, from 0; [-1]: the last; default: the
 * last, as the specification says), "4.4.2.1", "3[0].1". False when it is not there. */
bool protobuf_path(struct span message, const char *path, struct protobuf_field *ret);

/* JSON of a whole message, field numbers as keys in ascending order, repeated fields as arrays, numbers signed; a LEN field is
 * shown as text when it is UTF-8 without control characters, else as a message when it parses as one whole, else as text when
 * it is printable UTF-8, else as base64. At most 32 deep. ERR_FORMAT when `message` is none (nothing is appended then). */
enum err protobuf_json(struct span message, struct buf *out);

#endif
