#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "casebook/log.h"
#include "exhibit/exhibit.h"
#include "verify/verify.h"

enum { ENTRY_MOST = 65535 };

/* The line at *at, without its end; false at an empty line or the end. */
static bool line(const char **at, const char *end, const char **ret, size_t *ret_size)
{
	const char *stop = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
	if (!stop || stop == *at)
		return false;
	*ret = *at;
	*ret_size = (size_t)(stop - *at);
	*at = stop + 1;
	return true;
}

static enum err proof_read(const struct buf *file, const struct note_key *key, const struct note_key *witness, uint64_t *ret_index, unsigned char *entry, size_t *ret_size)
{
	static const char head[] = "custos proof v1\nindex ";
	const char *at = file->data, *end = at + file->size, *text, *stop;
	struct merkle_proof p = { .count = 0 };
	struct checkpoint c;
	size_t size;
	if (file->size < sizeof head - 1 || memcmp(at, head, sizeof head - 1) != 0)
		return err_set(ERR_FORMAT, "no proof: it begins with something else than \"custos proof v1\"");
	at += sizeof head - 1;
	*ret_index = strtoull(at, (char **)(uintptr_t)&stop, 10);
	if (stop == at || *stop != '\n')
		return err_set(ERR_FORMAT, "no proof: no index");
	at = stop + 1;
	if (!line(&at, end, &text, &size) || sodium_base642bin(entry, ENTRY_MOST, text, size, NULL, ret_size, NULL, sodium_base64_VARIANT_ORIGINAL))
		return err_set(ERR_FORMAT, "no proof: its entry is no base64");
	while (line(&at, end, &text, &size)) {
		size_t got = 0;
		if (p.count >= MERKLE_PATH || sodium_base642bin(p.path[p.count].bytes, MERKLE_HASH, text, size, NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) || got != MERKLE_HASH)
			return err_set(ERR_FORMAT, "no proof: hash %d is none", p.count + 1);
		p.count++;
	}
	at += at < end;
	enum err e = checkpoint_read(at, (size_t)(end - at), &c);
	if (!e && strcmp(c.origin, key->name) != 0)
		return err_set(ERR_CHANGED, "it is of another log: %s", c.origin);
	if (!e)
		e = note_verify(at, (size_t)(end - at), key, NULL);
	if (!e && witness)
		e = note_verify(at, (size_t)(end - at), witness, NULL);
	struct merkle_hash leaf = merkle_leaf(entry, *ret_size);
	return e || merkle_inclusion_right(&leaf, *ret_index, c.size, &p, &c.root) ? e : err_set(ERR_CHANGED, "the entry is not in the log that was signed");
}

enum err proof_check(const char *path, const struct note_key *key, const struct note_key *witness)
{
	struct buf file = { 0 };
	unsigned char *entry = malloc(ENTRY_MOST);
	uint64_t index = 0;
	size_t size = 0;
	enum err e = entry ? file_read(path, &file) : ERR_NOMEM;
	if (!e) {
		enum err found = sodium_init() < 0 ? ERR_UNSUPPORTED : proof_read(&file, key, witness, &index, entry, &size);
		if (found)
			differs(path, "%s", err_message());
		else
			printf("right    %s: entry %llu is in the log of %s:\n%.*s", path, (unsigned long long)index, key->name, (int)size, (const char *)entry);
	}
	buf_free(&file);
	free(entry);
	return e;
}

static void report(void *context, const char *text) { differs(context, "%s", text); }

enum err exhibit_check(const char *path, const char *root)
{
	sqlite3 *db = NULL;
	struct exhibit_seal seal = { "", "" };
	enum err e = exhibit_open(path, &db);
	if (e)
		return e;
	e = exhibit_verify(db, report, (void *)(uintptr_t)path, &seal);
	sqlite3_close(db);
	if (root && strcmp(root, seal.root) != 0)
		differs(path, "its root is %s, not %s", seal.root, root);
	if (e == ERR_CHANGED || differences())
		return OK;
	if (!e)
		printf("right    %s: is what was sealed; root %s\n", path, seal.root);
	return e;
}
