#include "casebook/note.h"

#include <openssl/sha.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DASH "\xe2\x80\x94 "
enum { KEY_ID = 4, SIGNATURE = 64, SIGNATURES_MOST = 16 };

static bool name_good(const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] <= ' ' || name[i] == '+' || (unsigned char)name[i] == 127)
			return false;
	return n && n <= NOTE_NAME && utf8_valid(name, n) == n;
}

static void key_id(const struct note_key *k, unsigned char id[KEY_ID])
{
	unsigned char text[NOTE_NAME + 2 + 32], hash[32];
	size_t n = strlen(k->name);
	memcpy(text, k->name, n);
	text[n] = '\n';
	text[n + 1] = (unsigned char)k->type;
	memcpy(text + n + 2, k->public_key, 32);
	SHA256(text, n + 2 + 32, hash);
	memcpy(id, hash, KEY_ID);
}

static enum err key_complete(struct note_key *k)
{
	unsigned char secret[64];
	if (sodium_init() < 0 || crypto_sign_seed_keypair(k->public_key, secret, k->seed))
		return err_set(ERR_UNSUPPORTED, "libsodium does not start");
	sodium_memzero(secret, sizeof secret);
	k->secret = true;
	return OK;
}

enum err note_key_make(const char *name, enum note_type type, struct note_key *ret)
{
	*ret = (struct note_key){ .type = type };
	if (!name_good(name))
		return err_set(ERR_USAGE, "%s: a key's name has no spaces and no +", name);
	if (sodium_init() < 0)
		return err_set(ERR_UNSUPPORTED, "libsodium does not start");
	snprintf(ret->name, sizeof ret->name, "%s", name);
	randombytes_buf(ret->seed, sizeof ret->seed);
	return key_complete(ret);
}

/* base64 of exactly `size` bytes; false for anything else. */
static bool base64_read(const char *text, size_t length, unsigned char *out, size_t size)
{
	size_t got = 0;
	const char *end = NULL;
	return sodium_base642bin(out, size, text, length, NULL, &got, &end, sodium_base64_VARIANT_ORIGINAL) == 0 && got == size && end == text + length;
}

enum err note_key_read(const char *text, struct note_key *ret)
{
	unsigned char bytes[33], id[KEY_ID], given[KEY_ID];
	bool secret = strncmp(text, "PRIVATE+KEY+", 12) == 0;
	const char *name = secret ? text + 12 : text, *plus = strchr(name, '+'), *second = plus ? strchr(plus + 1, '+') : NULL;
	size_t size = strcspn(text, "\r\n");
	*ret = (struct note_key){ 0 };
	if (!second || plus == name || (size_t)(plus - name) > NOTE_NAME || second - plus != 9 || (size_t)(second - text) >= size)
		return err_set(ERR_FORMAT, "no key: expected NAME+hash+base64");
	memcpy(ret->name, name, (size_t)(plus - name));
	for (int i = 0; i < KEY_ID; i++) {
		unsigned value;
		if (sscanf((char[]){ plus[1 + 2 * i], plus[2 + 2 * i], 0 }, "%2x", &value) != 1)
			return err_set(ERR_FORMAT, "no key: its hash is no hexadecimal number");
		given[i] = (unsigned char)value;
	}
	if (!name_good(ret->name) || !base64_read(second + 1, size - (size_t)(second + 1 - text), bytes, sizeof bytes) || (bytes[0] != NOTE_SIGNER && bytes[0] != NOTE_WITNESS))
		return err_set(ERR_FORMAT, "no key: expected an Ed25519 key (type 1 or 4) in base64");
	ret->type = (enum note_type)bytes[0];
	memcpy(secret ? ret->seed : ret->public_key, bytes + 1, 32);
	enum err e = secret ? key_complete(ret) : OK;
	key_id(ret, id);
	sodium_memzero(bytes, sizeof bytes);
	return e || memcmp(id, given, KEY_ID) == 0 ? e : err_set(ERR_FORMAT, "no key: its hash does not fit; it was copied wrongly");
}

void note_key_write(const struct note_key *k, bool secret, struct buf *out)
{
	unsigned char bytes[33], id[KEY_ID];
	key_id(k, id);
	bytes[0] = (unsigned char)k->type;
	memcpy(bytes + 1, secret ? k->seed : k->public_key, 32);
	buf_printf(out, "%s%s+%02x%02x%02x%02x+", secret ? "PRIVATE+KEY+" : "", k->name, id[0], id[1], id[2], id[3]);
	buf_base64(out, bytes, sizeof bytes);
	buf_char(out, '\n');
	sodium_memzero(bytes, sizeof bytes);
}

void checkpoint_write(const struct checkpoint *c, struct buf *out)
{
	buf_printf(out, "%s\n%llu\n", c->origin, (unsigned long long)c->size);
	buf_base64(out, c->root.bytes, sizeof c->root.bytes);
	buf_char(out, '\n');
}

/* Where the signatures begin: behind the last empty line. 0: nowhere. */
static size_t signatures_at(const char *note, size_t size)
{
	for (size_t i = size; i-- > 1;)
		if (note[i] == '\n' && note[i - 1] == '\n')
			return i + 1;
	return 0;
}

enum err checkpoint_read(const char *note, size_t size, struct checkpoint *ret)
{
	char number[24], again[24], *stop;
	*ret = (struct checkpoint){ 0 };
	if (!size || size > NOTE_MOST || utf8_valid(note, size) != size || memchr(note, 0, size))
		return err_set(ERR_FORMAT, "no checkpoint: no text of at most %d bytes", NOTE_MOST);
	size_t at = signatures_at(note, size);
	ret->text_size = at ? at - 1 : size;
	const char *end = note + ret->text_size, *first = memchr(note, '\n', ret->text_size), *second = first ? memchr(first + 1, '\n', (size_t)(end - first - 1)) : NULL,
		   *third = second ? memchr(second + 1, '\n', (size_t)(end - second - 1)) : NULL;
	if (!third || first == note || first - note > NOTE_NAME || second - first < 2 || second - first > 21)
		return err_set(ERR_FORMAT, "no checkpoint: expected three lines: origin, size, root");
	memcpy(ret->origin, note, (size_t)(first - note));
	memcpy(number, first + 1, (size_t)(second - first - 1));
	number[second - first - 1] = 0;
	ret->size = strtoull(number, &stop, 10);
	snprintf(again, sizeof again, "%llu", (unsigned long long)ret->size);
	if (*stop || strcmp(again, number) != 0 || ret->size > INT64_MAX)
		return err_set(ERR_FORMAT, "no checkpoint: %s is no size", number);
	if (!base64_read(second + 1, (size_t)(third - second - 1), ret->root.bytes, sizeof ret->root.bytes))
		return err_set(ERR_FORMAT, "no checkpoint: its third line is no root in base64");
	return OK;
}

/* What a key of this type signs. */
static void signed_text(struct buf *out, const char *text, size_t size, enum note_type type, uint64_t at)
{
	if (type == NOTE_WITNESS)
		buf_printf(out, "cosignature/v1\ntime %llu\n", (unsigned long long)at);
	buf_add(out, text, size);
}

enum err note_sign(struct buf *note, const struct note_key *k, uint64_t at)
{
	unsigned char line[KEY_ID + 8 + SIGNATURE], secret[64], public_key[32];
	size_t begin = signatures_at(note->data ? note->data : "", note->size), head = k->type == NOTE_WITNESS ? KEY_ID + 8 : KEY_ID;
	struct buf text = { 0 };
	if (!k->secret)
		return err_set(ERR_USAGE, "%s: only a private key can sign", k->name);
	signed_text(&text, note->data, begin ? begin - 1 : note->size, k->type, at);
	if (text.failed || sodium_init() < 0 || crypto_sign_seed_keypair(public_key, secret, k->seed) || crypto_sign_detached(line + head, NULL, (unsigned char *)text.data, text.size, secret)) {
		buf_free(&text);
		return ERR_NOMEM;
	}
	sodium_memzero(secret, sizeof secret);
	buf_free(&text);
	key_id(k, line);
	for (int i = 0; i < 8 && k->type == NOTE_WITNESS; i++)
		line[KEY_ID + i] = (unsigned char)(at >> (56 - 8 * i));
	if (!begin)
		buf_char(note, '\n');
	buf_printf(note, DASH "%s ", k->name);
	buf_base64(note, line, head + SIGNATURE);
	buf_char(note, '\n');
	return note->failed ? ERR_NOMEM : OK;
}

/* One line is this key's: is it right? */
static enum err line_verify(const char *text, size_t size, const char *base64, size_t length, const struct note_key *k, uint64_t *ret_at)
{
	unsigned char line[KEY_ID + 8 + SIGNATURE], id[KEY_ID];
	size_t head = k->type == NOTE_WITNESS ? KEY_ID + 8 : KEY_ID;
	struct buf message = { 0 };
	uint64_t at = 0;
	key_id(k, id);
	if (!base64_read(base64, length, line, head + SIGNATURE) || memcmp(line, id, KEY_ID) != 0)
		return ERR_NOT_FOUND; /* another key of the same name */
	for (int i = 0; i < 8 && k->type == NOTE_WITNESS; i++)
		at = at << 8 | line[KEY_ID + i];
	signed_text(&message, text, size, k->type, at);
	bool right = !message.failed && sodium_init() >= 0 && crypto_sign_verify_detached(line + head, (unsigned char *)message.data, message.size, k->public_key) == 0;
	buf_free(&message);
	if (ret_at)
		*ret_at = at;
	return right ? OK : err_set(ERR_CHANGED, "the signature of %s is wrong: the text is not what was signed", k->name);
}

enum err note_verify(const char *note, size_t size, const struct note_key *k, uint64_t *ret_at)
{
	size_t begin = size <= NOTE_MOST ? signatures_at(note, size) : 0, n = strlen(k->name);
	enum err e = ERR_NOT_FOUND;
	int lines = 0;
	for (size_t at = begin; begin && at < size && (e == OK || e == ERR_NOT_FOUND);) {
		const char *line = note + at, *end = memchr(line, '\n', size - at);
		size_t length = end ? (size_t)(end - line) : size - at, head = strlen(DASH) + n + 1;
		if (length <= strlen(DASH) || memcmp(line, DASH, strlen(DASH)) != 0 || ++lines > SIGNATURES_MOST)
			return err_set(ERR_FORMAT, "behind its text stands something else than signatures");
		if (e && length > head && memcmp(line + strlen(DASH), k->name, n) == 0 && line[head - 1] == ' ')
			e = line_verify(note, begin - 1, line + head, length - head, k, ret_at);
		at += length + 1;
	}
	return e == ERR_NOT_FOUND ? err_set(ERR_NOT_FOUND, "it bears no signature of %s", k->name) : e;
}
