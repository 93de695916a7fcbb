#include <jansson.h>
#include <limits.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "casebook/log.h"
#include "casebook/tile.h"
#include "verify/verify.h"

enum { MISSING_MOST = 20 };

/* The log as its files say: the hashes of each tile level, read once, checked against the level below. */
struct log {
	const char *folder;
	uint64_t size;
	struct buf levels[8];       /* hashes of level 8·L */
	struct log_entry *entries;  /* what the details are checked with */
	bool *seen;                 /* its details are there, or were erased */
};

static const unsigned char *hash_at(const struct log *l, int level, uint64_t number) { return (const unsigned char *)l->levels[level].data + number * MERKLE_HASH; }

/* A file of the export; false, with a difference told, where it cannot be read or has another size than `wanted` (0: any). */
static bool part_read(const struct log *l, const char *name, size_t wanted, struct buf *out)
{
	char path[PATH_MAX];
	buf_clear(out);
	if (snprintf(path, sizeof path, "%s/%s", l->folder, name) >= (int)sizeof path || file_read(path, out)) {
		differs(name, "%s", err_message());
		return false;
	}
	if (!wanted || out->size == wanted)
		return true;
	differs(name, "%zu bytes, where %zu belong", out->size, wanted);
	return false;
}

/* The hash over 2^above hashes of a tile level, from number·2^above on. */
static enum err subtree(const struct log *l, int tile_level, int above, uint64_t number, struct merkle_hash *ret)
{
	uint64_t count = (uint64_t)1 << above, from = number << above;
	struct merkle_hash hashes[TILE_WIDTH];
	if ((from + count) * MERKLE_HASH > l->levels[tile_level].size)
		return err_set(ERR_FORMAT, "the hash of level %d number %llu is not there", 8 * tile_level + above, (unsigned long long)number);
	for (uint64_t i = 0; i < count; i++)
		memcpy(hashes[i].bytes, hash_at(l, tile_level, from + i), MERKLE_HASH);
	for (; count > 1; count /= 2)
		for (uint64_t i = 0; i < count / 2; i++)
			hashes[i] = merkle_pair(&hashes[2 * i], &hashes[2 * i + 1]);
	*ret = hashes[0];
	return OK;
}

static enum err node(void *context, int level, uint64_t number, struct merkle_hash *ret) { return subtree(context, level / 8, level % 8, number, ret); }

/* All hash tiles of a level, one behind the other. The size may be a lie of whoever made the checkpoint: after some tiles that are not there no more are looked for. */
static bool level_read(struct log *l, int level)
{
	uint64_t count = l->size >> (8 * level);
	struct buf tile = { 0 };
	char path[TILE_PATH];
	int missing = 0;
	for (uint64_t n = 0; n * TILE_WIDTH < count && missing < MISSING_MOST; n++) {
		uint64_t width = count - n * TILE_WIDTH < TILE_WIDTH ? count - n * TILE_WIDTH : TILE_WIDTH;
		static const unsigned char none[TILE_WIDTH * MERKLE_HASH];
		tile_path(level, n, (int)width, path);
		bool good = part_read(l, path, width * MERKLE_HASH, &tile);
		buf_add(&l->levels[level], good ? (const void *)tile.data : none, width * MERKLE_HASH);
		missing += !good;
	}
	buf_free(&tile);
	return !missing && !l->levels[level].failed;
}

/* Each entry of a bundle: its hash is that of the tile, its number its own. */
static void bundle_check(struct log *l, uint64_t first, uint64_t width, const char *path, const struct buf *bundle)
{
	size_t at = 0;
	for (uint64_t i = 0; i < width; i++) {
		const unsigned char *p = (const unsigned char *)bundle->data + at;
		size_t size = bundle->size - at >= 2 ? (size_t)(p[0] << 8 | p[1]) : 0;
		if (bundle->size - at < 2 || bundle->size - at - 2 < size) {
			differs(path, "ends within entry %llu", (unsigned long long)(first + i));
			return;
		}
		struct merkle_hash h = merkle_leaf(p + 2, size);
		struct log_entry *entry = &l->entries[first + i];
		if (memcmp(h.bytes, hash_at(l, 0, first + i), MERKLE_HASH) != 0)
			differs(path, "entry %llu is not the one whose hash is in the tree", (unsigned long long)(first + i));
		else if (log_entry_read(p + 2, size, entry))
			differs(path, "entry %llu: %s", (unsigned long long)(first + i), err_message());
		else if (entry->number != (int64_t)(first + i))
			differs(path, "entry %llu calls itself %lld", (unsigned long long)(first + i), (long long)entry->number);
		at += 2 + size;
	}
	if (at != bundle->size)
		differs(path, "something stands behind its last entry");
}

static void entries_check(struct log *l)
{
	struct buf bundle = { 0 };
	char path[TILE_PATH];
	for (uint64_t n = 0; n * TILE_WIDTH < l->size; n++) {
		uint64_t width = l->size - n * TILE_WIDTH < TILE_WIDTH ? l->size - n * TILE_WIDTH : TILE_WIDTH;
		tile_path(-1, n, (int)width, path);
		if (part_read(l, path, 0, &bundle))
			bundle_check(l, n * TILE_WIDTH, width, path, &bundle);
	}
	buf_free(&bundle);
}

/* Each hash of a higher level is that of 256 below it. */
static void level_check(struct log *l, int level)
{
	uint64_t count = l->size >> (8 * level);
	char path[TILE_PATH];
	for (uint64_t i = 0; i < count; i++) {
		struct merkle_hash made;
		uint64_t first = i / TILE_WIDTH * TILE_WIDTH, width = count - first < TILE_WIDTH ? count - first : TILE_WIDTH;
		if (subtree(l, level - 1, 8, i, &made) || memcmp(made.bytes, hash_at(l, level, i), MERKLE_HASH) != 0) {
			tile_path(level, i / TILE_WIDTH, (int)width, path);
			differs(path, "hash %llu is not that of the hashes below it", (unsigned long long)i);
		}
	}
}

/* The words beside the entries, those that were not erased: each fits the hash in its entry. */
static void details_check(struct log *l)
{
	struct buf all = { 0 };
	json_error_t error;
	uint64_t line = 0;
	if (!part_read(l, "details.jsonl", 0, &all))
		return;
	for (char *at = all.data, *end; at && *at; at = end + 1) {
		line++;
		if (!(end = strchr(at, '\n'))) {
			differs("details.jsonl", "line %llu has no end", (unsigned long long)line);
			break;
		}
		*end = 0;
		json_t *j = json_loads(at, 0, &error);
		json_int_t number = json_integer_value(json_object_get(j, "number"));
		const char *salt = json_string_value(json_object_get(j, "salt")), *details = json_string_value(json_object_get(j, "details"));
		const struct log_entry *entry = json_is_integer(json_object_get(j, "number")) && number >= 0 && (uint64_t)number < l->size ? &l->entries[number] : NULL;
		unsigned char hash[32];
		struct buf text = { 0 };
		for (size_t i = 0; salt && i + 1 < strlen(salt); i += 2)
			buf_char(&text, (char)strtoul((char[]){ salt[i], salt[i + 1], 0 }, NULL, 16));
		buf_text(&text, details);
		SHA256((const unsigned char *)(text.data ? text.data : ""), text.size, hash);
		if (!entry || !salt || !details || !entry->has_detail || memcmp(hash, entry->detail, 32) != 0)
			differs("details.jsonl", "line %llu does not fit its entry", (unsigned long long)line);
		else
			l->seen[number] = true;
		buf_free(&text);
		json_decref(j);
	}
	buf_free(&all);
	/* Words that are not there were erased, and an erasure is an entry. */
	for (uint64_t i = 0; i < l->size; i++)
		if (strcmp(l->entries[i].act, "erasure") == 0 && strcmp(l->entries[i].subject_kind, "log-entry") == 0 && l->entries[i].subject >= 0 && (uint64_t)l->entries[i].subject < i)
			l->seen[l->entries[i].subject] = true;
	for (uint64_t i = 0; i < l->size; i++)
		if (l->entries[i].has_detail && !l->seen[i])
			differs("details.jsonl", "the words of entry %llu are missing, and no entry tells of their erasure", (unsigned long long)i);
}

static enum err checkpoint_of(const char *path, const struct note_key *key, struct checkpoint *ret, struct buf *note)
{
	enum err e = file_read(path, note);
	if (!e)
		e = checkpoint_read(note->data ? note->data : "", note->size, ret);
	if (!e && strcmp(ret->origin, key->name) != 0)
		e = err_set(ERR_CHANGED, "it is of another log: %s", ret->origin);
	return e ? e : note_verify(note->data, note->size, key, NULL);
}

static void old_check(struct log *l, const struct note_key *key, const char *old)
{
	struct checkpoint c;
	struct buf note = { 0 };
	struct merkle_hash root;
	if (checkpoint_of(old, key, &c, &note))
		differs(old, "%s", err_message());
	else if (c.size > l->size)
		differs("checkpoint", "the log has %llu entries, and had %llu before: it was shortened", (unsigned long long)l->size, (unsigned long long)c.size);
	else if (merkle_root(node, l, c.size, &root) || !merkle_same(&root, &c.root))
		differs("checkpoint", "the first %llu entries are not those of the earlier checkpoint: the log was rewritten", (unsigned long long)c.size);
	buf_free(&note);
}

enum err log_check(const char *folder, const struct note_key *key, const struct note_key *witness, const char *old)
{
	struct log l = { .folder = folder };
	struct checkpoint c = { 0 };
	struct buf note = { 0 };
	struct merkle_hash root;
	struct stat st;
	char path[PATH_MAX];
	enum err e = OK;
	if (stat(folder, &st) || !S_ISDIR(st.st_mode))
		return err_set(ERR_NOT_FOUND, "%s: no folder of an exported log", folder);
	snprintf(path, sizeof path, "%s/checkpoint", folder);
	if (checkpoint_of(path, key, &c, &note))
		differs("checkpoint", "%s", err_message());
	else if (witness && note_verify(note.data, note.size, witness, NULL))
		differs("checkpoint", "%s", err_message());
	if (snprintf(path, sizeof path, "%s/tile/entries", folder) >= (int)sizeof path || (c.size && c.size > (uint64_t)1 << 40))
		differs("checkpoint", "its size cannot be");
	else if (!differences() || c.size) {
		l.size = c.size;
		bool whole = true;
		for (int level = 0; level < 8 && l.size >> (8 * level); level++)
			whole = level_read(&l, level) && whole;
		l.entries = whole ? calloc(l.size ? l.size : 1, sizeof *l.entries) : NULL;
		l.seen = whole ? calloc(l.size ? l.size : 1, sizeof *l.seen) : NULL;
		if (whole && (!l.entries || !l.seen))
			e = ERR_NOMEM;
		else if (whole) {
			entries_check(&l);
			for (int level = 1; level < 8 && l.size >> (8 * level); level++)
				level_check(&l, level);
			if (merkle_root(node, &l, l.size, &root) || !merkle_same(&root, &c.root))
				differs("checkpoint", "its root is not that of the tiles");
			details_check(&l);
			if (old)
				old_check(&l, key, old);
		}
	}
	if (!e && !differences())
		printf("right    %s: %llu entries, each in the tree; root and signature of %s fit%s\n", folder, (unsigned long long)c.size, key->name, old ? "; it continues the earlier checkpoint" : "");
	for (int level = 0; level < 8; level++)
		buf_free(&l.levels[level]);
	free(l.entries);
	free(l.seen);
	buf_free(&note);
	return e;
}
