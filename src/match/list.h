/* list: known lists: hashes that somebody vouches for, and what is known of each. Kept in a folder, one file NAME@VERSION.hashlist a list version.
 *
 * *Known* is not *abuse*: what a list is about is its nature, stated by whoever imports it and never guessed from its categories. Category numbers mean
 * different things in different countries: a category keeps the source's own text, beside the name of the country model it was written in.
 * Importing: match/list_import.h. The file's bytes: docs/formats/hashlist.md. For users: docs/lists.md.
 */
#ifndef CUSTOS_MATCH_LIST_H
#define CUSTOS_MATCH_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "media/pdq.h"

/* LIST_PHOTODNA is kept as the source gave it and looked up by nobody. */
enum list_kind { LIST_MD5, LIST_SHA1, LIST_SHA256, LIST_PDQ, LIST_PHOTODNA, LIST_KINDS };
enum { LIST_PHOTODNA_SIZE = 144, LIST_DIGEST_MOST = 32 };
const char *list_kind_name(enum list_kind k); /* "MD5", "SHA-1", … */
size_t list_kind_size(enum list_kind k);      /* bytes of a hash */

/* What a hit means. Illegal: the picture is shown nowhere, and a referral is mandatory. Known-good: files are taken out of sight. */
enum list_nature { LIST_ILLEGAL, LIST_HARMFUL, LIST_OF_INTEREST, LIST_KNOWN_GOOD, LIST_NATURES };
const char *list_nature_name(enum list_nature n); /* "illegal", "harmful", "of-interest", "known-good" */
bool list_nature_parse(const char *text, enum list_nature *ret);

/* What is stated of one entry, as the source states it. Bits of list_entry.flags. */
enum list_flag {
	LIST_TOMBSTONE = 1,           /* the source took it back; it has no hashes */
	LIST_VIDEO = 2,               /* the source says that it is a video; without: a picture, or not said */
	LIST_VICTIM_IDENTIFIED = 4,
	LIST_OFFENDER_IDENTIFIED = 8,
	LIST_DISTRIBUTED = 16,
	LIST_PRECATEGORIZED = 32,
	LIST_SUSPECTED = 64,
};

/* Texts are never NULL; "" where nothing was said. They live as long as the list. */
struct list_about {
	const char *name, *version;
	const char *source;   /* who gave it */
	const char *country;  /* model of the categories: "UK", "US", … */
	const char *handling; /* the rule under which it may be used */
	const char *format;   /* of what was imported: "vics 2.0" */
	enum list_nature nature;
	int64_t imported_at;          /* µs */
	char sha256[65];              /* of the bytes imported; several files: of all, one behind the other */
	uint64_t bytes;               /* of them */
	uint64_t entries, tombstones; /* tombstones are among the entries */
	uint64_t counts[LIST_KINDS];  /* hashes to be matched; of an entry that was taken back: none */
	uint32_t categories;
};

struct list_entry {
	const char *category, *series, *tags;
	const char *media; /* the source's id or name of it */
	unsigned flags;    /* enum list_flag */
	char room[24];     /* where `media` may lie: do not copy the struct alone */
};

struct list;
struct list_store;

/* --- one list --- */

/* Opens one file and checks its bounds (not its checksum). ERR_FORMAT: no list, or a damaged one, named. */
enum err list_open(const char *path, struct list **ret);
void list_free(struct list *l);
uint64_t list_mapped(const struct list *l); /* bytes of address space */
const struct list_about *list_about(const struct list *l);
/* Reads all of it and compares with its checksum. ERR_CHANGED: it is not what was written. */
enum err list_verify(const struct list *l);

/* False: there is no such entry. */
bool list_entry_get(const struct list *l, uint32_t entry, struct list_entry *ret);
/* Category `index` of about->categories and how many entries (not taken back) are in it. Index 0 is "", those without. */
const char *list_category(const struct list *l, uint32_t index, uint64_t *ret_entries);
/* What a category means where that is laid down ("A" of the United Kingdom), else NULL: show the text and the country's name then. */
const char *list_category_meaning(const struct list_about *about, const char *category);

/* The list's perceptual hashes, 8-byte aligned and borrowed; NULL when there are none; and the entry that each belongs to. */
const struct pdq *list_pdq(const struct list *l, uint32_t *ret_count);
uint32_t list_pdq_entry(const struct list *l, uint32_t index);

/* --- all lists --- */

/* The folder: `wanted`, else $CUSTOS_LISTS, else $XDG_DATA_HOME/custos/lists, else ~/.local/share/custos/lists. ERR_USAGE: none of them is set. */
enum err list_folder(const char *wanted, char *ret, size_t size);
/* NAME@VERSION.hashlist in `folder`. ERR_USAGE: a name or version that cannot be one (letters, digits, . _ + -, at most 80). */
enum err list_path(const char *folder, const char *name, const char *version, char *ret, size_t size);

/* Opens every list of the folder, in the order of their names; a folder that is not there has none. Each list that cannot be opened goes to `bad`; without
 * `bad` the first one is the result: matching without a list that should be there would be a wrong answer. */
typedef void list_bad_fn(void *context, const char *file, const char *reason);
enum err list_store_open(const char *folder, list_bad_fn *bad, void *context, struct list_store **ret);
void list_store_free(struct list_store *s);
int list_store_count(const struct list_store *s);
const struct list *list_store_at(const struct list_store *s, int index);
/* By name and version (NULL: the only version of that name there is), or NULL. */
const struct list *list_store_named(const struct list_store *s, const char *name, const char *version);

/* Calls for every entry of every list that has this digest (list_kind_size bytes); false stops. LIST_MD5, LIST_SHA1 and LIST_SHA256 only. Thread-safe. */
struct list_hit {
	const struct list *list;
	uint32_t entry;
};
typedef bool list_hit_fn(void *context, const struct list_hit *hit);
void list_find(const struct list_store *s, enum list_kind kind, const uint8_t *digest, list_hit_fn *hit, void *context);
/* The same in one list. False when `hit` stopped it. */
bool list_find_in(const struct list *l, enum list_kind kind, const uint8_t *digest, list_hit_fn *hit, void *context);

#endif
