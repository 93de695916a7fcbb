/* Manifest.mbdb, the manifest before iOS 10: records one behind the other, big-endian, no index. Layout: docs/formats/itunes-backup.md. */
#include "evidence/itunes.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/span.h"
#include "base/time.h"

enum { NONE = 0xffff };

/* A text: u16 length, or NONE for none; "" then. */
static const char *text_take(struct span *s, size_t *ret_size)
{
	uint16_t size = span_be16(s);
	const uint8_t *p = size && size != NONE ? span_bytes(s, size) : NULL;
	*ret_size = p ? size : 0;
	return p ? (const char *)p : "";
}

/* The name on disk: SHA-1 of domain, '-' and path. */
static bool id_make(const struct itunes_row *row, uint8_t ret[ITUNES_ID])
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && EVP_DigestInit_ex(c, EVP_sha1(), NULL) == 1 && EVP_DigestUpdate(c, row->domain, row->domain_size) == 1 &&
		    EVP_DigestUpdate(c, "-", 1) == 1 && EVP_DigestUpdate(c, row->path, row->path_size) == 1 && EVP_DigestFinal_ex(c, ret, NULL) == 1;
	EVP_MD_CTX_free(c);
	return good;
}

static void id_text(const uint8_t id[ITUNES_ID], char ret[2 * ITUNES_ID + 1])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < ITUNES_ID; i++) {
		ret[2 * i] = digits[id[i] >> 4];
		ret[2 * i + 1] = digits[id[i] & 15];
	}
	ret[2 * ITUNES_ID] = 0;
}

/* One record; false when the bytes end in it. */
static bool row_take(struct span *s, struct itunes_row *row)
{
	size_t key_size, hash_size;
	*row = (struct itunes_row){ .modified_at = TIME_NONE, .created_at = TIME_NONE, .record = true };
	row->domain = text_take(s, &row->domain_size);
	row->path = text_take(s, &row->path_size);
	row->target = text_take(s, &row->target_size);
	text_take(s, &hash_size); /* SHA-1 of the content, of some files only */
	const char *key = text_take(s, &key_size);
	row->mode = span_be16(s);
	span_skip(s, 8 + 4 + 4); /* inode, uid, gid */
	uint32_t modified = span_be32(s);
	span_skip(s, 4 + 4); /* last read; the third is called change by some, creation by others */
	row->size = span_be64(s);
	row->protection = span_u8(s);
	unsigned properties = span_u8(s);
	for (unsigned i = 0; i < properties && span_ok(s); i++) {
		size_t size;
		text_take(s, &size);
		text_take(s, &size);
	}
	if (modified)
		row->modified_at = time_from(modified, 1, 0);
	if (key_size == ITUNES_SEALED_KEY)
		row->key = (const uint8_t *)key;
	row->key_odd = key_size && !row->key;
	if (!row->target_size)
		row->target = NULL;
	return span_ok(s);
}

enum err itunes_mbdb_read(const void *bytes, size_t size, itunes_row_fn *fn, void *context)
{
	struct span s = span_of(bytes, size);
	enum err e = OK;
	if (!span_match(&s, "mbdb", 4))
		return err_set(ERR_FORMAT, "Manifest.mbdb does not begin with 'mbdb'");
	span_skip(&s, 2); /* version: 5, 0 */
	if (!span_ok(&s))
		return err_set(ERR_FORMAT, "Manifest.mbdb ends in its head");
	while (!e && span_left(&s)) {
		struct itunes_row row;
		char text[2 * ITUNES_ID + 1];
		size_t at = span_pos(&s);
		if (!row_take(&s, &row))
			return err_set(ERR_FORMAT, "Manifest.mbdb ends within a record (at offset %zu)", at);
		/* No backup has such: the length of some text before was not what it should be, and what follows would be made up. */
		if (!row.domain_size)
			return err_set(ERR_FORMAT, "Manifest.mbdb has a record without a domain (at offset %zu)", at);
		if (!id_make(&row, row.id))
			return err_set(ERR_NOMEM, "out of memory to read Manifest.mbdb");
		id_text(row.id, text);
		row.id_good = true;
		row.id_text = text;
		row.id_size = 2 * ITUNES_ID;
		e = fn(context, &row);
	}
	return e;
}
