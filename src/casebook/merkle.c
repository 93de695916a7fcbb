#include "casebook/merkle.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <string.h>

static struct merkle_hash hashed(unsigned char kind, const void *a, size_t a_size, const void *b, size_t b_size)
{
	struct merkle_hash h = { 0 };
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	/* SHA-256 of what is in memory fails only when memory is out: a zero hash then proves nothing, and is found to be wrong. */
	if (c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1 && EVP_DigestUpdate(c, &kind, 1) == 1 && EVP_DigestUpdate(c, a, a_size) == 1 && EVP_DigestUpdate(c, b, b_size) == 1)
		EVP_DigestFinal_ex(c, h.bytes, NULL);
	EVP_MD_CTX_free(c);
	return h;
}

struct merkle_hash merkle_leaf(const void *bytes, size_t size) { return hashed(0, bytes, size, NULL, 0); }

struct merkle_hash merkle_pair(const struct merkle_hash *left, const struct merkle_hash *right) { return hashed(1, left->bytes, MERKLE_HASH, right->bytes, MERKLE_HASH); }

bool merkle_same(const struct merkle_hash *a, const struct merkle_hash *b) { return memcmp(a->bytes, b->bytes, MERKLE_HASH) == 0; }

static int level_below(uint64_t size) { return 63 - __builtin_clzll(size); } /* of the largest full subtree in `size` > 0 leaves */

/* The hash of leaves [from, to): `from` is a multiple of the largest power of two in the range, so the range is one full subtree or parts into some, the largest first. */
static enum err range_hash(merkle_node_fn *node, void *context, uint64_t from, uint64_t to, struct merkle_hash *ret)
{
	struct merkle_hash parts[64];
	int count = 0;
	enum err e = OK;
	while (from < to && !e) {
		int level = level_below(to - from);
		e = node(context, level, from >> level, &parts[count++]);
		from += (uint64_t)1 << level;
	}
	if (e)
		return e;
	*ret = parts[count - 1];
	for (int i = count - 2; i >= 0; i--)
		*ret = merkle_pair(&parts[i], ret);
	return OK;
}

enum err merkle_root(merkle_node_fn *node, void *context, uint64_t size, struct merkle_hash *ret)
{
	if (size)
		return range_hash(node, context, 0, size, ret);
	SHA256((const unsigned char *)"", 0, ret->bytes);
	return OK;
}

static uint64_t split(uint64_t size) { return (uint64_t)1 << level_below(size - 1); } /* the largest power of two below size > 1 */

/* From the root downwards: each step keeps the half that is not gone into. */
enum err merkle_inclusion(merkle_node_fn *node, void *context, uint64_t index, uint64_t size, struct merkle_proof *ret)
{
	uint64_t from = 0, to = size;
	enum err e = index < size ? OK : err_set(ERR_USAGE, "entry %llu of a log of %llu", (unsigned long long)index, (unsigned long long)size);
	for (ret->count = 0; !e && to - from > 1;) {
		uint64_t middle = from + split(to - from);
		bool left = index < middle;
		e = left ? range_hash(node, context, middle, to, &ret->path[ret->count++]) : range_hash(node, context, from, middle, &ret->path[ret->count++]);
		left ? (to = middle) : (from = middle);
	}
	for (int i = 0, k = ret->count - 1; i < k; i++, k--) {
		struct merkle_hash swap = ret->path[i];
		ret->path[i] = ret->path[k];
		ret->path[k] = swap;
	}
	return e;
}

enum err merkle_consistency(merkle_node_fn *node, void *context, uint64_t old, uint64_t size, struct merkle_proof *ret)
{
	uint64_t from = 0, to = size, left = old;
	bool whole = true; /* the old tree is a full subtree that the verifier knows by its root */
	ret->count = 0;
	if (old > size)
		return err_set(ERR_USAGE, "a log of %llu entries is not the beginning of one of %llu", (unsigned long long)old, (unsigned long long)size);
	if (!old || old == size)
		return OK;
	enum err e = OK;
	while (!e && left != to - from) {
		uint64_t k = split(to - from);
		if (left <= k) {
			e = range_hash(node, context, from + k, to, &ret->path[ret->count++]);
			to = from + k;
		} else {
			e = range_hash(node, context, from, from + k, &ret->path[ret->count++]);
			from += k;
			left -= k;
			whole = false;
		}
	}
	if (!e && !whole)
		e = range_hash(node, context, from, to, &ret->path[ret->count++]);
	for (int i = 0, k = ret->count - 1; i < k; i++, k--) {
		struct merkle_hash swap = ret->path[i];
		ret->path[i] = ret->path[k];
		ret->path[k] = swap;
	}
	return e;
}

/* RFC 9162, section 2.1.3.2 */
bool merkle_inclusion_right(const struct merkle_hash *leaf, uint64_t index, uint64_t size, const struct merkle_proof *p, const struct merkle_hash *root)
{
	uint64_t f = index, s = size - 1;
	struct merkle_hash h = *leaf;
	if (index >= size)
		return false;
	for (int i = 0; i < p->count; i++) {
		if (!s)
			return false;
		if ((f & 1) || f == s) {
			h = merkle_pair(&p->path[i], &h);
			while (!(f & 1) && f) {
				f >>= 1;
				s >>= 1;
			}
		} else
			h = merkle_pair(&h, &p->path[i]);
		f >>= 1;
		s >>= 1;
	}
	return !s && merkle_same(&h, root);
}

/* RFC 9162, section 2.1.4.2 */
bool merkle_consistency_right(uint64_t old, const struct merkle_hash *old_root, uint64_t size, const struct merkle_hash *root, const struct merkle_proof *p)
{
	if (old > size || (old == size && p->count) || (!old && p->count))
		return false;
	if (old == size)
		return merkle_same(old_root, root);
	if (!old) {
		struct merkle_hash none;
		SHA256((const unsigned char *)"", 0, none.bytes);
		return merkle_same(old_root, &none);
	}
	bool power = (old & (old - 1)) == 0;
	if (!p->count && !power)
		return false;
	int i = power ? 0 : 1;
	struct merkle_hash f = power ? *old_root : p->path[0], s = f;
	uint64_t fn = old - 1, sn = size - 1;
	while (fn & 1) {
		fn >>= 1;
		sn >>= 1;
	}
	for (; i < p->count; i++) {
		if (!sn)
			return false;
		if ((fn & 1) || fn == sn) {
			f = merkle_pair(&p->path[i], &f);
			s = merkle_pair(&p->path[i], &s);
			while (!(fn & 1) && fn) {
				fn >>= 1;
				sn >>= 1;
			}
		} else
			s = merkle_pair(&s, &p->path[i]);
		fn >>= 1;
		sn >>= 1;
	}
	return !sn && merkle_same(&f, old_root) && merkle_same(&s, root);
}
