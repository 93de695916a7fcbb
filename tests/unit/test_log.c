/* The custody log: the tree against RFC 6962's published vectors and a second way to compute it; entries, erasure, proofs, with both engines. */
#include "casebook/log.h"

#include <openssl/sha.h>
#include <string.h>

#include "both.h"

/* The eight leaves and roots that Certificate Transparency's own tests use. */
static const struct vector {
	const char *bytes;
	size_t size;
	const char *root; /* of the tree that ends with this leaf */
} vectors[8] = {
	{ "", 0, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
	{ "\x00", 1, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125" },
	{ "\x10", 1, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77" },
	{ "\x20\x21", 2, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7" },
	{ "\x30\x31", 2, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4" },
	{ "\x40\x41\x42\x43", 4, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef" },
	{ "\x50\x51\x52\x53\x54\x55\x56\x57", 8, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c" },
	{ "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328" },
};

struct leaves {
	struct merkle_hash hashes[300];
};

/* RFC 6962's definition, word for word. */
static struct merkle_hash defined(const struct leaves *l, int from, int to)
{
	int k = 1;
	if (to - from == 1)
		return l->hashes[from];
	while (2 * k < to - from)
		k *= 2;
	struct merkle_hash left = defined(l, from, from + k), right = defined(l, from + k, to);
	return merkle_pair(&left, &right);
}

static enum err node(void *context, int level, uint64_t number, struct merkle_hash *ret)
{
	*ret = defined(context, (int)(number << level), (int)((number + 1) << level));
	return OK;
}

static void hex(const struct merkle_hash *h, char *out)
{
	for (int i = 0; i < 32; i++)
		snprintf(out + 2 * i, 3, "%02x", h->bytes[i]);
}

TEST(the_tree_is_that_of_rfc_6962)
{
	struct leaves l;
	struct merkle_hash root;
	char text[65];
	for (int i = 0; i < 8; i++) {
		l.hashes[i] = merkle_leaf(vectors[i].bytes, vectors[i].size);
		CHECK_INT(merkle_root(node, &l, (uint64_t)i + 1, &root), OK);
		hex(&root, text);
		CHECK_TEXT(text, vectors[i].root);
	}
	CHECK_INT(merkle_root(node, &l, 0, &root), OK);
	hex(&root, text);
	CHECK_TEXT(text, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(every_proof_proves_and_no_changed_one_does)
{
	struct leaves l;
	for (int i = 0; i < 70; i++)
		l.hashes[i] = merkle_leaf(&i, sizeof i);
	for (int size = 1; size <= 70; size++) {
		struct merkle_hash root = defined(&l, 0, size), other = root;
		struct merkle_proof p;
		other.bytes[5] ^= 1;
		for (int i = 0; i < size; i++) {
			CHECK_INT(merkle_inclusion(node, &l, (uint64_t)i, (uint64_t)size, &p), OK);
			CHECK(merkle_inclusion_right(&l.hashes[i], (uint64_t)i, (uint64_t)size, &p, &root));
			CHECK(!merkle_inclusion_right(&l.hashes[i], (uint64_t)i, (uint64_t)size, &p, &other));
			CHECK(size == 1 || !merkle_inclusion_right(&l.hashes[i], (uint64_t)(i + 1) % (uint64_t)size, (uint64_t)size, &p, &root));
			if (p.count) {
				p.path[p.count / 2].bytes[31] ^= 0x80;
				CHECK(!merkle_inclusion_right(&l.hashes[i], (uint64_t)i, (uint64_t)size, &p, &root));
				p.path[p.count / 2].bytes[31] ^= 0x80;
				p.count--;
				CHECK(!merkle_inclusion_right(&l.hashes[i], (uint64_t)i, (uint64_t)size, &p, &root));
			}
		}
		for (int old = 1; old <= size; old++) {
			struct merkle_hash before = defined(&l, 0, old), wrong = before;
			wrong.bytes[0] ^= 1;
			CHECK_INT(merkle_consistency(node, &l, (uint64_t)old, (uint64_t)size, &p), OK);
			CHECK(merkle_consistency_right((uint64_t)old, &before, (uint64_t)size, &root, &p));
			CHECK(!merkle_consistency_right((uint64_t)old, &wrong, (uint64_t)size, &root, &p));
			CHECK(!merkle_consistency_right((uint64_t)old, &before, (uint64_t)size, &other, &p));
			if (p.count) {
				p.path[0].bytes[0] ^= 1;
				CHECK(!merkle_consistency_right((uint64_t)old, &before, (uint64_t)size, &root, &p));
			}
		}
	}
	struct merkle_proof p;
	CHECK_INT(merkle_inclusion(node, &l, 5, 5, &p), ERR_USAGE);
	CHECK_INT(merkle_consistency(node, &l, 6, 5, &p), ERR_USAGE);
}

struct many {
	int from, to;
	int64_t at;
	bool fail;
};

static enum err append_many(void *context, struct store *s)
{
	struct many *m = context;
	enum err e = OK;
	for (int i = m->from; i < m->to && !e; i++) {
		int64_t number = -1;
		struct log_event event = { .act = (enum log_act)(i % LOG_ACTS), .at = m->at + i, .officer = 0, .what = "exhibit registered", .subject_kind = i % 2 ? "exhibit" : NULL, .subject = i % 3,
					   .why = i % 4 == 1 ? "intelligence about \"Ann\"" : NULL, .details = i % 4 == 3 ? "{\"seal\":\"S1\"}" : NULL };
		e = log_append(s, &event, &number);
		if (!e && number != i)
			e = ERR_CHANGED;
	}
	return e ? e : m->fail ? ERR_CANCELLED : OK;
}

static enum err bytes_take(void *context, const struct store_row *row)
{
	struct leaves *l = context;
	struct log_entry entry;
	struct store_value v = store_row_blob(row, 1);
	CHECK_INT(log_entry_read(v.bytes, v.size, &entry), OK);
	CHECK_INT(entry.number, store_row_int(row, 0));
	l->hashes[store_row_int(row, 0)] = merkle_leaf(v.bytes, v.size);
	return OK;
}

TEST(entries_make_the_tree)
{
	struct leaves l;
	int64_t size = -1;
	opened("log1", 2);
	struct store *s = borrowed();
	CHECK_INT(log_size(s, &size), OK);
	CHECK_INT(size, 0);
	CHECK_INT(store_transact(s, append_many, &(struct many){ 0, 37, 1000000, false }), OK);
	CHECK_INT(store_transact(s, append_many, &(struct many){ 37, 50, 1000000, true }), ERR_CANCELLED); /* nothing of it stays */
	CHECK_INT(log_size(s, &size), OK);
	CHECK_INT(size, 37);
	CHECK_INT(store_transact(s, append_many, &(struct many){ 37, 41, 1000000, false }), OK);
	CHECK_INT(store_query(s, "SELECT number, bytes FROM log_entry", NULL, 0, bytes_take, &l, NULL), OK);
	for (int n = 1; n <= 41; n++) {
		struct merkle_hash want = defined(&l, 0, n), got;
		CHECK_INT(log_tree_root(s, n, &got), OK);
		CHECK(merkle_same(&want, &got));
	}
	struct merkle_hash root = defined(&l, 0, 41), old = defined(&l, 0, 19);
	struct merkle_proof p;
	CHECK_INT(log_inclusion(s, 17, 41, &p), OK);
	CHECK(merkle_inclusion_right(&l.hashes[17], 17, 41, &p, &root));
	CHECK_INT(log_consistency(s, 19, 41, &p), OK);
	CHECK(merkle_consistency_right(19, &old, 41, &root, &p));
	given_back(s);
}

static const char *text_of(const json_t *array, size_t i, const char *name) { return json_string_value(json_object_get(json_array_get(array, i), name)); }

static enum err erase_one(void *context, struct store *s) { return log_erase_details(s, &(struct act){ .at = 2000000, .why = "retention is over" }, *(int64_t *)context); }

static enum err clock_back(void *context, struct store *s)
{
	return (void)context, log_append(s, &(struct log_event){ .act = LOG_ALTERATION, .at = 5000000 - 3600000000, .what = "clock test" }, NULL);
}

TEST(words_can_be_erased_and_the_entry_stays)
{
	opened("log2", 1);
	struct store *s = borrowed();
	struct merkle_hash before, after;
	json_t *list = json_array();
	CHECK_INT(store_transact(s, append_many, &(struct many){ 0, 6, 1000000, false }), OK);
	CHECK_INT(log_list(s, NULL, 0, INT64_MAX, 3, list), OK);
	CHECK_INT((int)json_array_size(list), 3);
	CHECK_INT(json_integer_value(json_object_get(json_array_get(list, 0), "number")), 5);
	CHECK_TEXT(text_of(list, 0, "why"), "intelligence about \"Ann\"");
	CHECK_TEXT(text_of(list, 0, "officer_name"), "the system");
	CHECK_TEXT(json_string_value(json_object_get(json_object_get(json_array_get(list, 2), "details"), "seal")), "S1");
	CHECK_INT(log_tree_root(s, 6, &before), OK);
	CHECK_INT(store_transact(s, erase_one, &(int64_t){ 5 }), OK);
	CHECK_INT(store_transact(s, erase_one, &(int64_t){ 5 }), ERR_NOT_FOUND);
	CHECK_INT(store_transact(s, erase_one, &(int64_t){ 0 }), ERR_NOT_FOUND);
	CHECK_INT(log_tree_root(s, 6, &after), OK);
	CHECK(merkle_same(&before, &after));
	json_array_clear(list);
	CHECK_INT(log_list(s, NULL, 0, INT64_MAX, 100, list), OK);
	CHECK_INT((int)json_array_size(list), 7);
	CHECK_TEXT(text_of(list, 0, "act"), "erasure");
	CHECK(json_is_true(json_object_get(json_array_get(list, 1), "erased")) && !json_object_get(json_array_get(list, 1), "why"));
	json_array_clear(list);
	CHECK_INT(log_list(s, "exhibit", 2, INT64_MAX, 100, list), OK); /* 5 alone: subject i % 3 of odd i */
	CHECK_INT((int)json_array_size(list), 1);
	json_array_clear(list);
	CHECK_INT(store_transact(s, clock_back, NULL), OK);
	CHECK_INT(log_list(s, NULL, 0, INT64_MAX, 1, list), OK);
	CHECK(json_integer_value(json_object_get(json_array_get(list, 0), "clock_back")) > 3500000000);
	json_decref(list);
	given_back(s);
}

static enum err append_bad(void *context, struct store *s) { return log_append(s, context, NULL); }

TEST(what_is_no_entry_is_refused)
{
	struct log_entry entry;
	static const char good[] = "custos entry v1\nnumber 7\nact disclosure\nat 12\nofficer 3\nsubject exhibit 9\nwhat exhibit handed over\n";
	CHECK_INT(log_entry_read(good, sizeof good - 1, &entry), OK);
	CHECK_INT(entry.subject, 9);
	CHECK_TEXT(entry.what, "exhibit handed over");
	for (size_t n = 0; n < sizeof good - 1; n++)
		CHECK_INT(log_entry_read(good, n, &entry), ERR_FORMAT);
	CHECK_INT(log_entry_read("custos entry v1\nnumber 07\nact disclosure\nat 12\nofficer 3\nwhat x\n", 64, &entry), ERR_FORMAT);
	CHECK_INT(log_entry_read("custos entry v1\nnumber 7\nact something\nat 12\nofficer 3\nwhat x\n", 62, &entry), ERR_FORMAT);
	opened("log3", 1);
	struct store *s = borrowed();
	CHECK_INT(store_transact(s, append_bad, &(struct log_event){ .act = LOG_ACTS, .what = "x" }), ERR_USAGE);
	CHECK_INT(store_transact(s, append_bad, &(struct log_event){ .what = "two\nlines" }), ERR_USAGE);
	CHECK_INT(store_transact(s, append_bad, &(struct log_event){ .what = "x", .details = "[1]" }), ERR_USAGE);
	given_back(s);
}

static void all(void)
{
	RUN(the_tree_is_that_of_rfc_6962);
	RUN(every_proof_proves_and_no_changed_one_does);
	RUN(entries_make_the_tree);
	RUN(words_can_be_erased_and_the_entry_stays);
	RUN(what_is_no_entry_is_refused);
}

int main(void) { return both_run(all); }
