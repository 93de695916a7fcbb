/* zip: what the files of the zip reader share. Byte-level notes: docs/formats/zip.md. */
#ifndef CUSTOS_EVIDENCE_ZIP_H
#define CUSTOS_EVIDENCE_ZIP_H

#include "base/span.h"
#include "base/text.h"
#include "evidence/container.h"

enum { ZIP_LOCAL = 30, ZIP_CENTRAL = 46, ZIP_END = 22 };
#define ZIP_LOCAL_MAGIC "PK\3\4"
#define ZIP_CENTRAL_MAGIC "PK\1\2"
#define ZIP_END_MAGIC "PK\5\6"
#define ZIP_SIZED_MAGIC "PK\7\10" /* data descriptor */

enum zip_cipher { ZIP_PLAIN, ZIP_CRYPTO, ZIP_AES, ZIP_STRONG };
enum zip_refused { ZIP_READABLE, ZIP_OVERLAPS, ZIP_NOT_THERE };

/* How an entry is stored. entry->number is the offset of its local header; this lies in entry->own itself, so that a million entries need
 * no allocation of their own. */
struct zip_how {
	uint16_t method;
	uint8_t cipher;   /* enum zip_cipher */
	uint8_t strength; /* ZIP_AES: 1, 2, 3 for 128, 192, 256 bits */
	uint8_t check;    /* ZIP_CRYPTO: what the header's last byte decrypts to */
	uint8_t refused;  /* enum zip_refused */
	bool has_crc, measuring;
};
_Static_assert(sizeof(struct zip_how) <= sizeof(void *), "fits into entry->own");

static inline struct zip_how zip_how(const struct entry *e)
{
	struct zip_how how;
	memcpy(&how, &e->own, sizeof how);
	return how;
}

static inline void zip_how_set(struct entry *e, struct zip_how how) { memcpy(&e->own, &how, sizeof how); }

/* Where an entry's header and data lie in the file. `end` is a lower bound: the local name and extra field are not counted. */
struct zip_span {
	uint64_t start, end;
	uint32_t index;
};

/* Sequential reading with a window that can look ahead. */
struct zip_window {
	int fd;
	uint64_t at, end; /* file offset of the next byte; where to stop */
	uint8_t *bytes;
	size_t room; /* ZIP_WINDOW, or the whole file when that is less */
	size_t from, have; /* unread bytes are bytes[from … have-1] */
};

enum { ZIP_WINDOW = 1 << 20 }; /* more than three fields of 65,535 bytes */

/* The next `size` (≤ ZIP_WINDOW) bytes without moving, or NULL: not that many left (or an I/O error). */
const uint8_t *zip_window_peek(struct zip_window *w, size_t size);
void zip_window_seek(struct zip_window *w, uint64_t offset);
static inline void zip_window_skip(struct zip_window *w, size_t size) { w->from += size, w->at += size; }

struct zip_listing {
	struct container *c;
	struct zip_span *spans; /* one for each entry */
	size_t span_count, span_room;
	struct zip_window window;
	uint64_t base;       /* bytes before the zip proper */
	struct buf name;     /* reused */
	bool dos_times;      /* some entry has no better time */
	size_t plain, locked; /* files with content, by whether they need a password */
};

/* What a local or a central header says. */
struct zip_record {
	uint16_t made_by, flags, method, time, date;
	uint32_t crc32, attributes;
	uint64_t stored, size, offset;
	const uint8_t *name, *extra;
	size_t name_size, extra_size;
};

/* The fields that local and central headers have in the same order: from the flags to the size of the extra field. */
static inline void zip_record_fields(struct span *s, struct zip_record *r)
{
	r->flags = span_le16(s);
	r->method = span_le16(s);
	r->time = span_le16(s);
	r->date = span_le16(s);
	r->crc32 = span_le32(s);
	r->stored = span_le32(s);
	r->size = span_le32(s);
	r->name_size = span_le16(s);
	r->extra_size = span_le16(s);
}

/* Adds the entry. ERR_LIMIT: too many. */
enum err zip_entry_add(struct zip_listing *l, struct zip_record *r);

/* Lists what local headers there are outside the spans already known (zip_scan.c). */
enum err zip_scan(struct zip_listing *l);
void zip_spans_sort(struct zip_listing *l);

/* A name in whatever encoding it is as UTF-8, if anyhow possible: appended to `out`. */
void zip_name(const struct zip_record *r, struct buf *out);

/* As evidence_read(); `limit` in place of the stated size while measuring. */
enum err zip_read(const struct container *c, const struct entry *e, evidence_sink *sink, void *context);

/* --- ciphers (zip_crypt.c) */
struct zip_crypt;
enum { ZIP_CRYPT_HEAD = 18, ZIP_CRYPT_TAIL = 10 }; /* the most bytes before and behind the data */
/* How many bytes of the stored ones come before and behind the data. */
size_t zip_crypt_head(struct zip_how how);
size_t zip_crypt_tail(struct zip_how how);
/* Derives the key from password and `head` (zip_crypt_head bytes). ERR_PASSWORD when it is wrong; `path` for messages. */
enum err zip_crypt_new(struct zip_how how, const char *password, const uint8_t *head, const char *path, struct zip_crypt **ret);
void zip_crypt_free(struct zip_crypt *k);
/* Decrypts in place. */
enum err zip_crypt_update(struct zip_crypt *k, uint8_t *bytes, size_t size);
/* True when `tail` is the authentication code of all that was decrypted (or the cipher has none). */
bool zip_crypt_good(struct zip_crypt *k, const uint8_t *tail);

#endif
