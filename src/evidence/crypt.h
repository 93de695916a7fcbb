/* crypt: the few ciphers that phone backups use, over OpenSSL.  Internal to evidence/. */
#ifndef CUSTOS_EVIDENCE_CRYPT_H
#define CUSTOS_EVIDENCE_CRYPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { CRYPT_KEY = 32, CRYPT_BLOCK = 16, CRYPT_WRAPPED = CRYPT_KEY + 8 };

/* Iteration counts come from evidence: a file that asks for more than this is refused (ten million take about 2 s). */
#define CRYPT_ROUNDS_MOST 50000000u

enum crypt_hash { CRYPT_SHA1, CRYPT_SHA256 };

/* PBKDF2 (RFC 8018) with HMAC. ERR_LIMIT where `rounds` is beyond CRYPT_ROUNDS_MOST, ERR_FORMAT where it is 0. */
enum err crypt_pbkdf2(enum crypt_hash hash, const void *password, size_t password_size, const void *salt,
		      size_t salt_size, uint64_t rounds, uint8_t *ret, size_t ret_size);

/* Unwraps an AES key (RFC 3394) of `size` - 8 bytes with a 256-bit key. False when the integrity check fails: wrong key
 * or damaged bytes (`ret` is then zeroed). `size`: 24, 32 or 40. */
bool crypt_unwrap(const uint8_t kek[CRYPT_KEY], const uint8_t *wrapped, size_t size, uint8_t *ret);

/* AES-256-CBC decryption in pieces, padding left in place. */
struct crypt_cbc;
struct crypt_cbc *crypt_cbc_new(const uint8_t key[CRYPT_KEY], const uint8_t iv[CRYPT_BLOCK]); /* NULL: out of memory */
/* `size`: a multiple of CRYPT_BLOCK; `to` may be `from`. */
bool crypt_cbc_decrypt(struct crypt_cbc *c, const uint8_t *from, uint8_t *to, size_t size);
void crypt_cbc_free(struct crypt_cbc *c); /* accepts NULL */

/* How many bytes of PKCS#7 padding end the block, 1 to 16; 0 when it is not padded so. */
unsigned crypt_padding(const uint8_t block[CRYPT_BLOCK]);

/* Overwrites key material, so that it does not stay behind on the stack. */
void crypt_forget(void *secret, size_t size);

#endif
