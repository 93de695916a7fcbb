#include "evidence/ab_keys.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/span.h"
#include "base/text.h"

static const char magic[] = "ANDROID BACKUP\n";
enum { MAGIC_SIZE = sizeof magic - 1, PIECE = 65536 };

bool ab_is(const void *bytes, size_t size) { return size >= MAGIC_SIZE && memcmp(bytes, magic, MAGIC_SIZE) == 0; }

/* The next line without its newline; flags `s` when there is none. */
static struct span line_take(struct span *s)
{
	const uint8_t *newline = memchr(s->at, '\n', span_left(s));
	if (!newline) {
		span_skip(s, (uint64_t)span_left(s) + 1);
		return span_of(NULL, 0);
	}
	struct span line = span_take(s, (size_t)(newline - s->at));
	span_skip(s, 1);
	return line;
}

static bool line_number(struct span line, uint32_t *ret)
{
	uint64_t v = 0;
	size_t n = span_size(&line);
	if (n < 1 || n > 10)
		return false;
	while (span_left(&line)) {
		uint8_t c = span_u8(&line);
		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*ret = (uint32_t)v;
	return v <= UINT32_MAX;
}

static int hex_digit(uint8_t c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 :
				      -1;
}

static bool line_hex(struct span line, uint8_t *to, size_t room, size_t *ret_size)
{
	size_t n = span_size(&line) / 2;
	if (!n || span_size(&line) % 2 || n > room)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(span_u8(&line)), low = hex_digit(span_u8(&line));
		if (high < 0 || low < 0)
			return false;
		to[i] = (uint8_t)(high << 4 | low);
	}
	*ret_size = n;
	return true;
}

static enum err header_keys(struct span *s, struct ab_header *h)
{
	size_t iv_size = 0, at = span_pos(s);
	const char *what = NULL;
	if (!line_hex(line_take(s), h->user_salt, AB_SALT_MOST, &h->user_salt_size))
		what = "password salt";
	else if (!line_hex(line_take(s), h->checksum_salt, AB_SALT_MOST, &h->checksum_salt_size))
		what = "checksum salt";
	else if (!line_number(line_take(s), &h->rounds))
		what = "round count";
	else if (!line_hex(line_take(s), h->iv, CRYPT_BLOCK, &iv_size) || iv_size != CRYPT_BLOCK)
		what = "IV";
	else if (!line_hex(line_take(s), h->blob, AB_BLOB_MOST, &h->blob_size) || h->blob_size % CRYPT_BLOCK)
		what = "key blob";
	if (!span_ok(s))
		return err_set(ERR_TRUNCATED, "the Android backup ends inside its header");
	if (what)
		return err_set(ERR_FORMAT, "the %s in the Android backup's header (from offset %zu) is damaged", what,
			       at);
	return OK;
}

enum err ab_header_read(const void *bytes, size_t size, struct ab_header *ret)
{
	struct span s = span_of(bytes, size < AB_HEADER_MOST ? size : AB_HEADER_MOST);
	uint32_t compressed = 0;
	memset(ret, 0, sizeof *ret);
	if (!span_match(&s, magic, MAGIC_SIZE))
		return err_set(ERR_FORMAT, "no Android backup");
	bool version_ok = line_number(line_take(&s), &ret->version),
	     compressed_ok = line_number(line_take(&s), &compressed);
	struct span cipher = line_take(&s);
	if (!span_ok(&s))
		return err_set(ERR_TRUNCATED, "the Android backup ends inside its header");
	if (!version_ok || !compressed_ok || compressed > 1 || ret->version < 1)
		return err_set(ERR_FORMAT, "the Android backup's header (version and compression) is damaged");
	if (ret->version > 5)
		return err_set(ERR_UNSUPPORTED, "Android backup version %u (1 to 5 are known)", ret->version);
	ret->compressed = compressed == 1;
	enum err e = OK;
	if (span_size(&cipher) == 7 && memcmp(cipher.start, "AES-256", 7) == 0) {
		ret->encrypted = true;
		e = header_keys(&s, ret);
	} else if (span_size(&cipher) != 4 || memcmp(cipher.start, "none", 4) != 0) {
		e = err_set(ERR_UNSUPPORTED, "an Android backup with an unknown cipher");
	}
	ret->size = span_pos(&s);
	return e;
}

/* Android made key-derivation passwords of Java strings. Two conversions are met in the wild, for the password as for
 * the checksum's input: */
enum chars { CHARS_UTF8, CHARS_LOW_BYTE };

/* Each code point's low byte, as "PBKDF2WithHmacSHA1And8bit" takes it (version 1, and old Androids). False: no valid
 * UTF-8. */
static bool password_low_bytes(const char *password, struct buf *out)
{
	struct span s = span_of(password, strlen(password));
	if (utf8_valid(password, strlen(password)) != strlen(password))
		return false;
	while (span_left(&s)) {
		uint8_t c = span_u8(&s);
		int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
		uint32_t point = more == 3 ? c & 7u : more == 2 ? c & 15u : more == 1 ? c & 31u : c;
		for (int i = 0; i < more; i++)
			point = point << 6 | (span_u8(&s) & 63u);
		if (point > 0xffff) /* two UTF-16 units, each cut to its low byte */
			buf_char(out, (char)((0xd800 + ((point - 0x10000) >> 10)) & 0xff));
		buf_char(out, (char)(point & 0xff));
	}
	return !out->failed;
}

/* The checksum is a PBKDF2 of the key's own bytes. From version 2 they pass through Java's signed bytes into UTF-16 and
 * UTF-8: a byte of 0x80 or more becomes U+FF80 … U+FFFF, three bytes. */
static bool checksum_fits(const struct ab_header *h, const uint8_t *key, enum chars chars, const uint8_t *checksum)
{
	uint8_t text[CRYPT_KEY * 3], sum[CRYPT_KEY];
	size_t n = 0;
	for (size_t i = 0; i < CRYPT_KEY; i++) {
		if (chars == CHARS_UTF8 && key[i] >= 0x80) {
			text[n++] = 0xef;
			text[n++] = (uint8_t)(0xbc | (key[i] >> 6 & 3));
			text[n++] = (uint8_t)(0x80 | (key[i] & 63));
		} else {
			text[n++] = key[i];
		}
	}
	bool fits = !crypt_pbkdf2(CRYPT_SHA1, text, n, h->checksum_salt, h->checksum_salt_size, h->rounds, sum,
				  sizeof sum) &&
		    memcmp(sum, checksum, sizeof sum) == 0;
	crypt_forget(text, sizeof text);
	crypt_forget(sum, sizeof sum);
	return fits;
}

/* The opened blob: three fields, each after a byte of its length: IV (16), key (32), checksum (32); then padding. */
static bool blob_read(const struct ab_header *h, const uint8_t *bytes, size_t size, struct ab_keys *ret)
{
	struct span s = span_of(bytes, size);
	const uint8_t *iv = span_u8(&s) == CRYPT_BLOCK ? span_bytes(&s, CRYPT_BLOCK) : NULL;
	const uint8_t *key = iv && span_u8(&s) == CRYPT_KEY ? span_bytes(&s, CRYPT_KEY) : NULL;
	const uint8_t *checksum = key && span_u8(&s) == CRYPT_KEY ? span_bytes(&s, CRYPT_KEY) : NULL;
	if (!iv || !key || !checksum)
		return false;
	memcpy(ret->iv, iv, CRYPT_BLOCK);
	memcpy(ret->key, key, CRYPT_KEY);
	ret->checked = checksum_fits(h, key, CHARS_UTF8, checksum) || checksum_fits(h, key, CHARS_LOW_BYTE, checksum);
	return true;
}

static enum err blob_open(const struct ab_header *h, const void *password, size_t password_size, struct ab_keys *ret,
			  bool *ret_formed)
{
	uint8_t user_key[CRYPT_KEY], blob[AB_BLOB_MOST];
	*ret_formed = false;
	enum err e = crypt_pbkdf2(CRYPT_SHA1, password, password_size, h->user_salt, h->user_salt_size, h->rounds,
				  user_key, sizeof user_key);
	struct crypt_cbc *c = e ? NULL : crypt_cbc_new(user_key, h->iv);
	if (!e && (!c || !crypt_cbc_decrypt(c, h->blob, blob, h->blob_size)))
		e = err_set(ERR_NOMEM, "the Android backup's key could not be decrypted");
	if (!e)
		*ret_formed = blob_read(h, blob, h->blob_size, ret);
	crypt_cbc_free(c);
	crypt_forget(user_key, sizeof user_key);
	crypt_forget(blob, sizeof blob);
	return e;
}

enum err ab_unlock(const struct ab_header *h, const char *password, struct ab_keys *ret)
{
	bool formed = false;
	/* Up to two passwords and two checksums are derived with the file's round count. */
	if (h->rounds > CRYPT_ROUNDS_MOST / 6)
		return err_set(ERR_LIMIT,
			       "the Android backup asks for %u rounds of key derivation (at most %u are done)",
			       h->rounds, CRYPT_ROUNDS_MOST / 6);
	memset(ret, 0, sizeof *ret);
	enum err e = blob_open(h, password, strlen(password), ret, &formed);
	if (!e && !formed) {
		struct buf low = { 0 };
		if (password_low_bytes(password, &low) && low.data &&
		    (low.size != strlen(password) || memcmp(low.data, password, low.size) != 0))
			e = blob_open(h, low.data, low.size, ret, &formed);
		if (low.data)
			crypt_forget(low.data, low.size);
		buf_free(&low);
	}
	if (!e && !formed)
		e = err_set(ERR_PASSWORD, "the password does not open this Android backup");
	return e;
}

struct ab_stream {
	bool compressed, inflating, ended;
	struct crypt_cbc *cbc;
	z_stream z;
	ab_out *out;
	void *context;
	uint64_t made, most, rest;
	size_t held;                 /* bytes in `cipher` */
	uint8_t cipher[CRYPT_BLOCK]; /* an unfinished block */
	uint8_t last[CRYPT_BLOCK];   /* the newest opened block, kept back: it may carry the padding */
	bool has_last;
	uint8_t plain[PIECE], inflated[PIECE];
};

struct ab_stream *ab_stream_new(bool compressed, const struct ab_keys *keys, uint64_t most, ab_out *out, void *context)
{
	struct ab_stream *s = calloc(1, sizeof *s);
	if (!s)
		return NULL;
	s->compressed = compressed;
	s->most = most;
	s->out = out;
	s->context = context;
	if (keys && !(s->cbc = crypt_cbc_new(keys->key, keys->iv))) {
		ab_stream_free(s);
		return NULL;
	}
	if (compressed && !(s->inflating = inflateInit(&s->z) == Z_OK)) {
		ab_stream_free(s);
		return NULL;
	}
	return s;
}

static enum err stream_out(struct ab_stream *s, const void *bytes, size_t size)
{
	if (size > s->most - s->made)
		return err_set(ERR_LIMIT, "the Android backup unpacks to more than %llu bytes",
			       (unsigned long long)s->most);
	s->made += size;
	return size ? s->out(s->context, bytes, size) : OK;
}

static enum err stream_inflate(struct ab_stream *s, const uint8_t *bytes, size_t size)
{
	if (!s->compressed)
		return stream_out(s, bytes, size);
	s->z.next_in = (Bytef *)(uintptr_t)bytes; /* zlib does not write there */
	s->z.avail_in = (uInt)size;
	/* Full output means that more may wait inside, also when all input was taken. */
	for (bool full = true; !s->ended && (s->z.avail_in || full);) {
		s->z.next_out = s->inflated;
		s->z.avail_out = sizeof s->inflated;
		int z = inflate(&s->z, Z_NO_FLUSH);
		full = s->z.avail_out == 0;
		enum err e = stream_out(s, s->inflated, sizeof s->inflated - s->z.avail_out);
		if (e)
			return e;
		s->ended = z == Z_STREAM_END;
		if (z == Z_MEM_ERROR)
			return err_set(ERR_NOMEM, "out of memory while inflating");
		if (z != Z_OK && z != Z_STREAM_END && z != Z_BUF_ERROR)
			return err_set(ERR_FORMAT, "the compressed data is damaged (%s) after %llu bytes of output",
				       s->z.msg ? s->z.msg : "zlib", (unsigned long long)s->made);
		if (z == Z_BUF_ERROR)
			break;
	}
	s->rest += s->z.avail_in;
	return OK;
}

/* Opens whole blocks; the newest stays behind in `last`, because it may be the one that carries the padding. */
static enum err stream_blocks(struct ab_stream *s, const uint8_t *bytes, size_t size)
{
	enum err e = OK;
	while (!e && size) {
		size_t n = size < PIECE - CRYPT_BLOCK ? size : PIECE - CRYPT_BLOCK,
		       before = s->has_last ? CRYPT_BLOCK : 0;
		memcpy(s->plain, s->last, before);
		if (!crypt_cbc_decrypt(s->cbc, bytes, s->plain + before, n))
			return err_set(ERR_NOMEM, "decryption failed");
		memcpy(s->last, s->plain + before + n - CRYPT_BLOCK, CRYPT_BLOCK);
		s->has_last = true;
		e = stream_inflate(s, s->plain, before + n - CRYPT_BLOCK);
		bytes += n;
		size -= n;
	}
	return e;
}

enum err ab_stream_feed(struct ab_stream *s, const void *bytes, size_t size)
{
	struct span in = span_of(bytes, size);
	enum err e = OK;
	if (!s->cbc) {
		while (!e && span_left(&in)) {
			size_t n = span_left(&in) < PIECE ? span_left(&in) : PIECE;
			e = stream_inflate(s, span_bytes(&in, n), n);
		}
		return e;
	}
	while (!e && span_left(&in)) {
		if (!s->held && span_left(&in) >= CRYPT_BLOCK) {
			size_t whole = span_left(&in) / CRYPT_BLOCK * CRYPT_BLOCK;
			e = stream_blocks(s, span_bytes(&in, whole), whole);
			continue;
		}
		s->cipher[s->held++] = span_u8(&in);
		if (s->held == CRYPT_BLOCK) {
			s->held = 0;
			e = stream_blocks(s, s->cipher, CRYPT_BLOCK);
		}
	}
	return e;
}

enum err ab_stream_end(struct ab_stream *s)
{
	enum err e = OK;
	bool cut = s->held != 0;
	if (s->cbc && s->has_last) {
		unsigned padding = crypt_padding(s->last);
		cut |= !padding;
		e = stream_inflate(s, s->last, CRYPT_BLOCK - padding);
		s->has_last = false;
	} else if (s->cbc) {
		cut = true;
	}
	if (!e && (cut || (s->compressed && !s->ended)))
		e = err_set(ERR_TRUNCATED, "the Android backup ends early, after %llu bytes of output",
			    (unsigned long long)s->made);
	return e;
}

uint64_t ab_stream_rest(const struct ab_stream *s) { return s->rest; }

void ab_stream_free(struct ab_stream *s)
{
	if (!s)
		return;
	if (s->inflating)
		inflateEnd(&s->z);
	crypt_cbc_free(s->cbc);
	crypt_forget(s->plain, sizeof s->plain);
	free(s);
}
