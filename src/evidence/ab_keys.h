/* ab_keys: header, keys and payload stream of an Android backup (.ab).  Internal to evidence/.  Notes:
 * docs/formats/android-backup.md. */
#ifndef CUSTOS_EVIDENCE_AB_KEYS_H
#define CUSTOS_EVIDENCE_AB_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "evidence/crypt.h"

enum { AB_SALT_MOST = 256, AB_BLOB_MOST = 512, AB_HEADER_MOST = 8192 };

struct ab_header {
	uint32_t version;
	bool compressed, encrypted;
	uint8_t user_salt[AB_SALT_MOST], checksum_salt[AB_SALT_MOST], iv[CRYPT_BLOCK], blob[AB_BLOB_MOST];
	size_t user_salt_size, checksum_salt_size, blob_size;
	uint32_t rounds;
	size_t size; /* bytes of header: the payload begins here */
};

/* True when the bytes begin like an Android backup. */
bool ab_is(const void *bytes, size_t size);

/* Reads the header from the file's first bytes (AB_HEADER_MOST are enough for any). ERR_FORMAT, ERR_TRUNCATED;
 * ERR_UNSUPPORTED for a version beyond 5 or an unknown cipher. */
enum err ab_header_read(const void *bytes, size_t size, struct ab_header *ret);

struct ab_keys {
	uint8_t key[CRYPT_KEY], iv[CRYPT_BLOCK];
	bool checked; /* the checksum confirms the key; false: only its form does (the salt or the checksum is damaged)
		       */
};

/* Opens the master key with `password` (UTF-8). ERR_PASSWORD when it is wrong, ERR_LIMIT for too many rounds. */
enum err ab_unlock(const struct ab_header *h, const char *password, struct ab_keys *ret);

/* Decrypts and inflates the payload, fed in pieces, into `out`. */
typedef enum err ab_out(void *context, const void *bytes, size_t size);
struct ab_stream;
/* `keys`: NULL when not encrypted. `most`: bytes of output, ERR_LIMIT beyond. NULL: out of memory. */
struct ab_stream *ab_stream_new(bool compressed, const struct ab_keys *keys, uint64_t most, ab_out *out, void *context);
/* ERR_FORMAT at damage: what came before it has been delivered. What `out` returns is passed on. */
enum err ab_stream_feed(struct ab_stream *s, const void *bytes, size_t size);
/* The end of the payload: ERR_TRUNCATED when it came too early. What follows the zlib stream's end is ignored;
 * ab_stream_rest() counts it. */
enum err ab_stream_end(struct ab_stream *s);
uint64_t ab_stream_rest(const struct ab_stream *s);
void ab_stream_free(struct ab_stream *s); /* accepts NULL */

#endif
