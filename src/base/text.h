/* text: growing byte buffers, UTF-8, hexadecimal, base64, JSON strings. */
#ifndef CUSTOS_BASE_TEXT_H
#define CUSTOS_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* A growing buffer. Zero-initialise it. `data` is NUL-terminated whenever it is not NULL. After an allocation failure or
 * growth beyond `limit` (0: none) every further append is ignored and `failed` stays set: check it once at the end. */
struct buf {
	char *data;
	size_t size, room, limit;
	bool failed;
};

void buf_add(struct buf *b, const void *bytes, size_t size);
void buf_text(struct buf *b, const char *text); /* NULL adds nothing */
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* Room for `size` more bytes behind those there are, or NULL (failed): the caller writes them and adds to `size` itself. */
void *buf_reserve(struct buf *b, size_t size);
void buf_clear(struct buf *b); /* keeps the memory */
void buf_free(struct buf *b);  /* gives it back; accepts NULL */

/* A JSON string with its quotes; bytes that are no UTF-8 become U+FFFD. */
void buf_json(struct buf *b, const char *text, size_t size);
void buf_hex(struct buf *b, const void *bytes, size_t size);
void buf_base64(struct buf *b, const void *bytes, size_t size);
/* UTF-16 to UTF-8; a lone surrogate becomes U+FFFD; an odd last byte is dropped. */
void buf_utf16(struct buf *b, const void *bytes, size_t size, bool big_endian);
/* One code point as UTF-8; beyond U+10FFFF or a surrogate: U+FFFD. */
void buf_codepoint(struct buf *b, uint32_t c);
/* The text with every byte that is no UTF-8 replaced by U+FFFD. */
void buf_scrub(struct buf *b, const char *text, size_t size);

/* Length of the longest valid UTF-8 prefix; == size when all is valid. NUL bytes are valid. */
size_t utf8_valid(const void *text, size_t size);

/* The name `text` ends with `tail`. */
bool text_ends(const char *text, const char *tail);

/* 64 bits, eight bytes a multiplication: for hash tables in memory. Differs between byte orders; never to be stored. */
uint64_t text_hash(const void *bytes, size_t size);

#endif
