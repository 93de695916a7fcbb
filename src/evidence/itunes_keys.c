#include "evidence/itunes_keys.h"

#include <string.h>

#include "base/span.h"

#define TAG(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

enum { WRAP_PASSWORD = 2 };

static void bag_damaged(struct keybag *k, size_t at, const char *what)
{
	if (!k->damage) {
		k->damage = what;
		k->damage_at = at;
	}
}

static void salt_read(struct keybag *k, struct span v, size_t at, uint8_t *to, size_t *to_size)
{
	size_t n = span_size(&v);
	if (n > KEYBAG_SALT_MOST) {
		bag_damaged(k, at, "a salt longer than 64 bytes");
		return;
	}
	const uint8_t *p = span_bytes(&v, n);
	if (p && n)
		memcpy(to, p, n);
	*to_size = n;
}

/* Fields before the first class key are the bag's. Its own UUID comes first, so the second UUID begins class keys. */
static void bag_field(struct keybag *k, uint32_t tag, struct span v, size_t at)
{
	switch (tag) {
	case TAG('V', 'E', 'R', 'S'):
		k->version = span_be32(&v);
		break;
	case TAG('T', 'Y', 'P', 'E'):
		k->type = span_be32(&v);
		break;
	case TAG('I', 'T', 'E', 'R'):
		k->rounds = span_be32(&v);
		break;
	case TAG('D', 'P', 'I', 'C'):
		k->first_rounds = span_be32(&v);
		break;
	case TAG('S', 'A', 'L', 'T'):
		salt_read(k, v, at, k->salt, &k->salt_size);
		break;
	case TAG('D', 'P', 'S', 'L'):
		salt_read(k, v, at, k->first_salt, &k->first_salt_size);
		break;
	default: /* HMCK, WRAP, DPWT: not needed to open it */
		break;
	}
	if (!span_ok(&v))
		bag_damaged(k, at, "a number shorter than 4 bytes");
}

static void class_field(struct keybag *k, struct keybag_class *c, uint32_t tag, struct span v, size_t at)
{
	if (tag == TAG('C', 'L', 'A', 'S')) {
		c->number = span_be32(&v);
	} else if (tag == TAG('W', 'R', 'A', 'P')) {
		c->wrap = span_be32(&v);
	} else if (tag == TAG('W', 'P', 'K', 'Y')) {
		const uint8_t *p = span_size(&v) == CRYPT_WRAPPED ? span_bytes(&v, CRYPT_WRAPPED) : NULL;
		if (p) {
			memcpy(c->wrapped, p, CRYPT_WRAPPED);
			c->present = true;
		} else {
			bag_damaged(k, at, "a wrapped key that is not of 40 bytes");
		}
	}
	if (!span_ok(&v))
		bag_damaged(k, at, "a number shorter than 4 bytes");
}

enum err keybag_read(const void *bytes, size_t size, struct keybag *ret)
{
	struct span s = span_of(bytes, size);
	bool own_uuid = false;
	memset(ret, 0, sizeof *ret);
	while (span_left(&s)) {
		size_t at = span_pos(&s);
		uint32_t tag = span_be32(&s), length = span_be32(&s);
		struct span v = span_take(&s, length);
		if (!span_ok(&s)) {
			bag_damaged(ret, at, "ends inside a field");
			break;
		}
		if (tag == TAG('U', 'U', 'I', 'D') && !own_uuid) {
			own_uuid = true;
		} else if (tag == TAG('U', 'U', 'I', 'D')) {
			if (ret->class_count == KEYBAG_CLASSES_MOST) {
				bag_damaged(ret, at, "more than 32 class keys");
				break;
			}
			ret->class_count++;
		} else if (ret->class_count) {
			class_field(ret, &ret->classes[ret->class_count - 1], tag, v, at);
		} else {
			bag_field(ret, tag, v, at);
		}
	}
	if (!ret->class_count || !ret->rounds || !ret->salt_size)
		return err_set(span_ok(&s) ? ERR_FORMAT : ERR_TRUNCATED, "the keybag has no %s (%s at offset %zu)",
			       !ret->salt_size ? "salt" :
			       !ret->rounds    ? "iteration count" :
						 "class keys",
			       ret->damage ? ret->damage : "it ends", ret->damage ? ret->damage_at : size);
	return OK;
}

enum err keybag_unlock(struct keybag *k, const char *password)
{
	uint8_t first[CRYPT_KEY], kek[CRYPT_KEY];
	const void *secret = password;
	size_t secret_size = strlen(password), tried = 0, opened = 0;
	enum err e = OK;
	if ((uint64_t)k->rounds + k->first_rounds > CRYPT_ROUNDS_MOST)
		return err_set(ERR_LIMIT, "the keybag asks for %llu rounds of key derivation (at most %u are done)",
			       (unsigned long long)k->rounds + k->first_rounds, CRYPT_ROUNDS_MOST);
	/* iOS 10.2 put a slow SHA-256 step before the old one. */
	if (k->first_rounds && k->first_salt_size) {
		e = crypt_pbkdf2(CRYPT_SHA256, secret, secret_size, k->first_salt, k->first_salt_size, k->first_rounds,
				 first, sizeof first);
		secret = first;
		secret_size = sizeof first;
	}
	if (!e)
		e = crypt_pbkdf2(CRYPT_SHA1, secret, secret_size, k->salt, k->salt_size, k->rounds, kek, sizeof kek);
	for (size_t i = 0; !e && i < k->class_count; i++) {
		struct keybag_class *c = &k->classes[i];
		if (!(c->wrap & WRAP_PASSWORD) || !c->present)
			continue;
		tried++;
		/* With bit 0 too it was wrapped once more by the device; then this fails, and the class stays closed.
		 */
		c->open = crypt_unwrap(kek, c->wrapped, CRYPT_WRAPPED, c->key);
		opened += c->open;
		if (!c->open && !(c->wrap & 1))
			bag_damaged(k, 0, "a class key that does not open, though others do");
	}
	crypt_forget(first, sizeof first);
	crypt_forget(kek, sizeof kek);
	if (e)
		return e;
	if (!opened)
		return err_set(ERR_PASSWORD, tried ? "the password does not open this backup" :
						     "no key in the backup's keybag is protected by a password");
	return OK;
}

enum err keybag_open_key(const struct keybag *k, uint32_t class_number, const void *bytes, size_t size,
			 uint8_t ret[CRYPT_KEY])
{
	struct span s = span_of(bytes, size);
	uint32_t stored = span_le32(&s);
	const uint8_t *wrapped = span_bytes(&s, CRYPT_WRAPPED);
	memset(ret, 0, CRYPT_KEY);
	if (!wrapped)
		return err_set(ERR_FORMAT, "an encryption key of %zu bytes (44 are needed)", size);
	if (!class_number)
		class_number = stored;
	for (size_t i = 0; i < k->class_count; i++) {
		const struct keybag_class *c = &k->classes[i];
		if (c->number != class_number || !c->open)
			continue;
		if (crypt_unwrap(c->key, wrapped, CRYPT_WRAPPED, ret))
			return OK;
		return err_set(ERR_FORMAT, "the encryption key does not open with the key of protection class %u",
			       class_number);
	}
	return err_set(ERR_PASSWORD, "protection class %u has no key that the password opens", class_number);
}
