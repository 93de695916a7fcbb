/* merkle: the hash tree of RFC 6962, section 2.1 (the same in RFC 9162): leaves 0x00, nodes 0x01, SHA-256. Pure functions; no store, no I/O.
 *
 * A tree is known by the hashes of its full subtrees: node `number` of `level` covers the leaves number·2^level to (number + 1)·2^level - 1, and never changes once
 * they are there. Everything else follows from these.
 */
#ifndef CUSTOS_CASEBOOK_MERKLE_H
#define CUSTOS_CASEBOOK_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { MERKLE_HASH = 32, MERKLE_PATH = 128 };

struct merkle_hash {
	unsigned char bytes[MERKLE_HASH];
};

struct merkle_proof {
	struct merkle_hash path[MERKLE_PATH];
	int count;
};

struct merkle_hash merkle_leaf(const void *bytes, size_t size);
struct merkle_hash merkle_pair(const struct merkle_hash *left, const struct merkle_hash *right);

/* Gives a full subtree's hash. */
typedef enum err merkle_node_fn(void *context, int level, uint64_t number, struct merkle_hash *ret);

/* The root of the first `size` leaves; of none: SHA-256 of nothing. Errors are those of `node`. */
enum err merkle_root(merkle_node_fn *node, void *context, uint64_t size, struct merkle_hash *ret);

/* That leaf `index` is in the tree of `size`; that the tree of `old` is the beginning of that of `size`. ERR_USAGE: index ≥ size, old > size. */
enum err merkle_inclusion(merkle_node_fn *node, void *context, uint64_t index, uint64_t size, struct merkle_proof *ret);
enum err merkle_consistency(merkle_node_fn *node, void *context, uint64_t old, uint64_t size, struct merkle_proof *ret);

bool merkle_inclusion_right(const struct merkle_hash *leaf, uint64_t index, uint64_t size, const struct merkle_proof *p, const struct merkle_hash *root);
bool merkle_consistency_right(uint64_t old, const struct merkle_hash *old_root, uint64_t size, const struct merkle_hash *root, const struct merkle_proof *p);

bool merkle_same(const struct merkle_hash *a, const struct merkle_hash *b);

#endif
