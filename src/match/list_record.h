/* list_record: one entry of a list on its way from its parser to the list's file; and the writer. This room's own, and its tests'. */
#ifndef CUSTOS_MATCH_LIST_RECORD_H
#define CUSTOS_MATCH_LIST_RECORD_H

#include "match/list.h"

enum { LIST_TEXT_MOST = 4096, LIST_CATEGORY_MOST = 256 };

struct list_words {
	const char *bytes;
	size_t size;
};

enum list_word { LIST_MEDIA, LIST_CATEGORY, LIST_SERIES, LIST_TAGS, LIST_WORDS };

struct list_record {
	unsigned has; /* 1 << enum list_kind */
	uint8_t hash[LIST_KINDS][LIST_PHOTODNA_SIZE];
	unsigned flags; /* enum list_flag */
	bool keyed;     /* the source speaks of one media several times, and the latest counts: all others take no part */
	int64_t time;   /* µs; of the statement, for that */
	struct list_words words[LIST_WORDS];
};

struct list_writer;

/* Scratch files, all nameless, lie in the folder `scratch`, which is borrowed. */
enum err list_writer_new(const char *scratch, struct list_writer **ret);
/* Texts are UTF-8 without NUL, at most LIST_TEXT_MOST bytes, the category LIST_CATEGORY_MOST. ERR_LIMIT: more entries or categories than a list can have. */
enum err list_writer_add(struct list_writer *w, const struct list_record *r);
/* Writes the list as `path`, which is in `folder`. Of `about` its texts, nature, imported_at, sha256 and bytes are used. There is no file of that name before it is whole, and after a
 * failure none. ERR_EXISTS. `tell` (may be NULL): called now and then with the part done; false cancels. */
typedef bool list_tell_fn(void *context, double done);
enum err list_writer_end(struct list_writer *w, const char *folder, const char *path, const struct list_about *about, list_tell_fn *tell, void *context);
void list_writer_free(struct list_writer *w);

#endif
