/* itunes_keys: the keybag of an encrypted iTunes/Finder backup.  Internal to evidence/.  Notes:
 * docs/formats/itunes-backup.md. */
#ifndef CUSTOS_EVIDENCE_ITUNES_KEYS_H
#define CUSTOS_EVIDENCE_ITUNES_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "evidence/crypt.h"

enum { KEYBAG_CLASSES_MOST = 32, KEYBAG_SALT_MOST = 64 };

struct keybag_class {
	uint32_t number; /* protection class, 1 to 11 on phones seen */
	uint32_t wrap;	 /* bit 0: with a key that never leaves the device; bit 1: with the password's */
	uint8_t wrapped[CRYPT_WRAPPED];
	bool present; /* `wrapped` was there */
	bool open;    /* `key` is valid */
	uint8_t key[CRYPT_KEY];
};

struct keybag {
	uint32_t version, type; /* type 1: backup */
	uint32_t rounds;	/* SHA-1 step */
	uint32_t first_rounds;	/* SHA-256 step of iOS 10.2 and later; 0: none */
	uint8_t salt[KEYBAG_SALT_MOST], first_salt[KEYBAG_SALT_MOST];
	size_t salt_size, first_salt_size;
	struct keybag_class classes[KEYBAG_CLASSES_MOST];
	size_t class_count;
	const char *damage; /* NULL: none; else what is wrong with the bag, which may still open */
	size_t damage_at;   /* its offset */
};

/* Reads the bag. Damage behind what is needed is told in `damage`; ERR_FORMAT or ERR_TRUNCATED when salt, rounds or
 * every class is missing. */
enum err keybag_read(const void *bytes, size_t size, struct keybag *ret);

/* Derives the password's key and unwraps the class keys. ERR_PASSWORD: no class key opens with it. ERR_LIMIT: more
 * rounds than are done. */
enum err keybag_unlock(struct keybag *k, const char *password);

/* Opens a file's key as stored: class number (4 bytes, little-endian) and 40 wrapped bytes. `class_number`: the file
 * record's, which wins where the two differ; 0: take the stored one. ERR_PASSWORD: the class is not open (kept by the
 * device alone, or damaged); ERR_FORMAT: damaged. */
enum err keybag_open_key(const struct keybag *k, uint32_t class_number, const void *bytes, size_t size,
			 uint8_t ret[CRYPT_KEY]);

#endif
