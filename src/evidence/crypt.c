#include "evidence/crypt.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

enum err crypt_pbkdf2(enum crypt_hash hash, const void *password, size_t password_size, const void *salt,
		      size_t salt_size, uint64_t rounds, uint8_t *ret, size_t ret_size)
{
	if (rounds == 0)
		return err_set(ERR_FORMAT, "a key derivation of 0 rounds");
	if (rounds > CRYPT_ROUNDS_MOST || password_size > INT_MAX || salt_size > INT_MAX || ret_size > INT_MAX)
		return err_set(ERR_LIMIT, "a key derivation of %llu rounds (at most %u are done)",
			       (unsigned long long)rounds, CRYPT_ROUNDS_MOST);
	const EVP_MD *md = hash == CRYPT_SHA1 ? EVP_sha1() : EVP_sha256();
	if (PKCS5_PBKDF2_HMAC(password, (int)password_size, salt, (int)salt_size, (int)rounds, md, (int)ret_size,
			      ret) != 1)
		return err_set(ERR_NOMEM, "key derivation failed");
	return OK;
}

bool crypt_unwrap(const uint8_t kek[CRYPT_KEY], const uint8_t *wrapped, size_t size, uint8_t *ret)
{
	if (size < 24 || size > CRYPT_WRAPPED || size % 8)
		return false;
	bool good = false;
	int n = 0, last = 0;
	/* OpenSSL asks for a block more of room than it fills. */
	uint8_t out[CRYPT_WRAPPED + CRYPT_BLOCK];
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	if (c) {
		EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
		good = EVP_DecryptInit_ex(c, EVP_aes_256_wrap(), NULL, kek, NULL) == 1 &&
		       EVP_DecryptUpdate(c, out, &n, wrapped, (int)size) == 1 &&
		       EVP_DecryptFinal_ex(c, out + n, &last) == 1 && (size_t)(n + last) == size - 8;
	}
	EVP_CIPHER_CTX_free(c);
	for (size_t i = 0; i < size - 8; i++)
		ret[i] = good ? out[i] : 0;
	crypt_forget(out, sizeof out);
	return good;
}

/* An opaque name for OpenSSL's context, so that its headers stay here. */
struct crypt_cbc *crypt_cbc_new(const uint8_t key[CRYPT_KEY], const uint8_t iv[CRYPT_BLOCK])
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	if (c &&
	    (EVP_DecryptInit_ex(c, EVP_aes_256_cbc(), NULL, key, iv) != 1 || EVP_CIPHER_CTX_set_padding(c, 0) != 1)) {
		EVP_CIPHER_CTX_free(c);
		c = NULL;
	}
	return (struct crypt_cbc *)c;
}

bool crypt_cbc_decrypt(struct crypt_cbc *c, const uint8_t *from, uint8_t *to, size_t size)
{
	int n = 0;
	if (size > INT_MAX || size % CRYPT_BLOCK)
		return false;
	return size == 0 || (EVP_DecryptUpdate((EVP_CIPHER_CTX *)c, to, &n, from, (int)size) == 1 && (size_t)n == size);
}

void crypt_cbc_free(struct crypt_cbc *c) { EVP_CIPHER_CTX_free((EVP_CIPHER_CTX *)c); }

unsigned crypt_padding(const uint8_t block[CRYPT_BLOCK])
{
	unsigned n = block[CRYPT_BLOCK - 1];
	if (n < 1 || n > CRYPT_BLOCK)
		return 0;
	for (unsigned i = 1; i <= n; i++)
		if (block[CRYPT_BLOCK - i] != n)
			return 0;
	return n;
}

void crypt_forget(void *secret, size_t size) { OPENSSL_cleanse(secret, size); }
