/* Decrypting zip entries: WinZip's AES and the old ZipCrypto. Byte-level notes: docs/formats/zip.md. */
#include "evidence/zip.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <zlib.h>

enum { ROUNDS = 1000, MAC_BYTES = 10, STREAM = 4096, SHA1_BYTES = 20 };

struct zip_crypt {
	enum zip_cipher cipher;
	/* AES in counter mode; the counter is little-endian, which no library's CTR mode is, so the stream is made from ECB. */
	EVP_CIPHER_CTX *aes;
	EVP_MAC_CTX *mac;
	uint64_t counter;
	uint8_t stream[STREAM];
	size_t used; /* of `stream` */
	uint32_t keys[3]; /* ZipCrypto */
};

static size_t salt_bytes(struct zip_how how) { return 4u + 4u * how.strength; } /* 8, 12, 16 */

size_t zip_crypt_head(struct zip_how how)
{
	return how.cipher == ZIP_AES ? salt_bytes(how) + 2 : how.cipher == ZIP_CRYPTO ? 12 : 0;
}

size_t zip_crypt_tail(struct zip_how how) { return how.cipher == ZIP_AES ? MAC_BYTES : 0; }

void zip_crypt_free(struct zip_crypt *k)
{
	if (!k)
		return;
	EVP_CIPHER_CTX_free(k->aes);
	EVP_MAC_CTX_free(k->mac);
	OPENSSL_cleanse(k, sizeof *k);
	free(k);
}

static enum err aes_begin(struct zip_crypt *k, struct zip_how how, const char *password, const uint8_t *head, const char *path)
{
	size_t salt = salt_bytes(how), key = 8u + 8u * how.strength; /* 16, 24, 32 */
	uint8_t derived[2 * 32 + 2];
	if (PKCS5_PBKDF2_HMAC_SHA1(password, -1, head, (int)salt, ROUNDS, (int)(2 * key + 2), derived) != 1)
		return err_set(ERR_NOMEM, "cannot derive the key of %s", path);
	enum err x = OK;
	if (CRYPTO_memcmp(derived + 2 * key, head + salt, 2) != 0) {
		x = err_set(ERR_PASSWORD, "the password is wrong for %s", path);
	} else {
		const EVP_CIPHER *ecb = how.strength == 1 ? EVP_aes_128_ecb() : how.strength == 2 ? EVP_aes_192_ecb() : EVP_aes_256_ecb();
		OSSL_PARAM params[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA1", 0), OSSL_PARAM_construct_end() };
		EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
		k->mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
		EVP_MAC_free(hmac);
		k->aes = EVP_CIPHER_CTX_new();
		if (!k->mac || !k->aes || EVP_EncryptInit_ex(k->aes, ecb, NULL, derived, NULL) != 1 ||
		    EVP_CIPHER_CTX_set_padding(k->aes, 0) != 1 || EVP_MAC_init(k->mac, derived + key, key, params) != 1)
			x = err_set(ERR_NOMEM, "cannot set up the cipher of %s", path);
		k->used = STREAM;
	}
	OPENSSL_cleanse(derived, sizeof derived);
	return x;
}

static void keys_update(uint32_t *keys, uint8_t plain)
{
	const z_crc_t *table = get_crc_table();
	keys[0] = (uint32_t)table[(keys[0] ^ plain) & 0xff] ^ keys[0] >> 8;
	keys[1] = (keys[1] + (keys[0] & 0xff)) * 134775813 + 1;
	keys[2] = (uint32_t)table[(keys[2] ^ keys[1] >> 24) & 0xff] ^ keys[2] >> 8;
}

static void old_decrypt(uint32_t *keys, uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint32_t t = (keys[2] | 2) & 0xffff;
		bytes[i] ^= (uint8_t)(t * (t ^ 1) >> 8);
		keys_update(keys, bytes[i]);
	}
}

enum err zip_crypt_new(struct zip_how how, const char *password, const uint8_t *head, const char *path, struct zip_crypt **ret)
{
	*ret = NULL;
	struct zip_crypt *k = calloc(1, sizeof *k);
	if (!k)
		return err_set(ERR_NOMEM, "out of memory for %s", path);
	enum err x = OK;
	k->cipher = how.cipher;
	if (how.cipher == ZIP_AES) {
		x = aes_begin(k, how, password, head, path);
	} else {
		uint8_t check[12];
		k->keys[0] = 0x12345678, k->keys[1] = 0x23456789, k->keys[2] = 0x34567890;
		for (const char *p = password; *p; p++)
			keys_update(k->keys, (uint8_t)*p);
		memcpy(check, head, sizeof check);
		old_decrypt(k->keys, check, sizeof check);
		if (check[11] != how.check)
			x = err_set(ERR_PASSWORD, "the password is wrong for %s", path);
	}
	if (x)
		zip_crypt_free(k);
	else
		*ret = k;
	return x;
}

/* The next blocks of the key stream. */
static bool stream_fill(struct zip_crypt *k)
{
	int n;
	memset(k->stream, 0, sizeof k->stream);
	for (size_t i = 0; i < STREAM; i += 16) {
		k->counter++; /* 2^64 blocks: more than any entry */
		for (int b = 0; b < 8; b++)
			k->stream[i + (size_t)b] = (uint8_t)(k->counter >> 8 * b);
	}
	k->used = 0;
	return EVP_EncryptUpdate(k->aes, k->stream, &n, k->stream, STREAM) == 1 && n == STREAM;
}

enum err zip_crypt_update(struct zip_crypt *k, uint8_t *bytes, size_t size)
{
	if (k->cipher == ZIP_CRYPTO) {
		old_decrypt(k->keys, bytes, size);
		return OK;
	}
	if (size && EVP_MAC_update(k->mac, bytes, size) != 1)
		return err_set(ERR_NOMEM, "the cipher failed");
	for (size_t i = 0; i < size;) {
		if (k->used == STREAM && !stream_fill(k))
			return err_set(ERR_NOMEM, "the cipher failed");
		size_t n = STREAM - k->used < size - i ? STREAM - k->used : size - i;
		for (size_t j = 0; j < n; j++)
			bytes[i + j] ^= k->stream[k->used + j];
		k->used += n;
		i += n;
	}
	return OK;
}

bool zip_crypt_good(struct zip_crypt *k, const uint8_t *tail)
{
	uint8_t code[SHA1_BYTES];
	size_t n;
	return k->cipher != ZIP_AES ||
	       (EVP_MAC_final(k->mac, code, &n, sizeof code) == 1 && n == sizeof code && CRYPTO_memcmp(code, tail, MAC_BYTES) == 0);
}
