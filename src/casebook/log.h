/* log: the custody log. One entry for each collection, alteration, consultation, disclosure, combination and erasure (section 62 of the Data Protection
 * Act 2018): who, when, why, to whom. Entries are the leaves of a hash tree (merkle.h), and never changed.
 *
 * An entry's bytes name an officer and a subject by number and hold no text that somebody typed. Such text (why, to whom, old and new values) stands beside it, bound
 * to it by a salted hash: it can be erased, and the log still proves all the rest. Format: docs/formats/custody-log.md.
 */
#ifndef CUSTOS_CASEBOOK_LOG_H
#define CUSTOS_CASEBOOK_LOG_H

#include "base/text.h"
#include "casebook/act.h"
#include "casebook/merkle.h"

enum log_act { LOG_COLLECTION, LOG_ALTERATION, LOG_CONSULTATION, LOG_DISCLOSURE, LOG_COMBINATION, LOG_ERASURE, LOG_ACTS };
const char *log_act_word(enum log_act act); /* "collection" … */

struct log_event {
	enum log_act act;
	int64_t at;               /* microseconds UTC, by the clock of who did it */
	int64_t officer;          /* 0: the system itself */
	const char *what;         /* a constant phrase of the program: "exhibit registered" */
	const char *subject_kind; /* a constant word: "exhibit"; NULL: none */
	int64_t subject;
	const char *why, *to_whom; /* NULL: not said */
	const char *details;      /* a JSON object as text, or NULL */
};

/* Within store_transact(): in the log when that transaction commits, with the change it tells of. `ret_number` may be NULL.
 * A clock that went back by more than a second since the entry before is told in the entry. */
enum err log_append(struct store *s, const struct log_event *event, int64_t *ret_number);
/* log_append for a change by `act`; details (taken over; NULL: none). */
enum err log_change(struct store *s, const struct act *act, enum log_act kind, const char *what, const char *subject_kind, int64_t subject, json_t *details);

/* How many entries there are. */
enum err log_size(struct store *s, int64_t *ret);
enum err log_tree_root(struct store *s, int64_t size, struct merkle_hash *ret);
/* Proofs against the tree of `size`: see merkle.h. */
enum err log_inclusion(struct store *s, int64_t number, int64_t size, struct merkle_proof *ret);
enum err log_consistency(struct store *s, int64_t old, int64_t size, struct merkle_proof *ret);

/* What was erased: the words of an entry; its bytes stay. Itself an entry. Within store_transact(). ERR_NOT_FOUND: nothing there (any more). */
enum err log_erase_details(struct store *s, const struct act *act, int64_t number);

/* Entries newest first, numbers below `below` (INT64_MAX: from the newest), at most `most`: [{number, act, at, officer, officer_name, what, subject_kind, subject, why, to_whom,
 * details, erased, clock_back}]. A subject's alone where `subject_kind` is not NULL. */
enum err log_list(struct store *s, const char *subject_kind, int64_t subject, int64_t below, int most, json_t *array);

/* Reads an entry's bytes. ERR_FORMAT with the reason. `detail`: the hash; has_detail false where the entry has none. */
struct log_entry {
	int64_t number, at, officer, subject, clock_back;
	char act[16], what[121], subject_kind[33];
	bool has_detail;
	unsigned char detail[32];
};
enum err log_entry_read(const void *bytes, size_t size, struct log_entry *ret);

#endif
