/* match: what custos match compares and tells, shared by cmd_match.c and match_tell.c alone. */
#ifndef CUSTOS_CLI_MATCH_H
#define CUSTOS_CLI_MATCH_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "match/watch.h"

enum { EXHIBITS_MOST = 64 };

/* Where a hash is from. */
struct where {
	int exhibit;     /* -1: a file of this machine, or a hash that was named */
	int64_t file;    /* its id in the exhibit; of this machine: its place in `files`; below 0: a hash that was named */
	int64_t frame;   /* -1: a picture's */
	int quality;
	uint8_t form;    /* of a file of this machine: enum pdq_form */
	bool key;        /* of a video of which only key frames were hashed */
};

/* A file of this machine. */
struct own_file {
	const char *path;
	uint8_t sha256[32];
	uint32_t first, count; /* its comparable hashes */
	bool video;
};

struct matching {
	const char *names[EXHIBITS_MOST];
	sqlite3 *exhibits[EXHIBITS_MOST];
	int exhibit_count, radius;
	bool asked, dihedral;     /* asked: files or hashes were named, and are what is looked for */
	struct watch *watch;
	struct own_file *files;
	int file_count;
	struct pdq *hashes;       /* comparable ones */
	struct where *wheres;
	uint32_t count, room;
	uint32_t own, taken;      /* the first hash of what was named; up to which files have theirs */
	struct moving_pair {
		uint32_t query, other; /* a hash of each */
	} *moving;
	uint32_t moving_count;
	uint64_t incomparable, illegal_hits, hits, unread;
	bool failed;
};

/* Each is one line of JSON. */
void tell_same_file(struct matching *m, const struct where *w, const char *by, const struct list *list, uint32_t entry);
void tell_same_file_as(struct matching *m, const struct where *w, const struct where *other);
void tell_near_list(struct matching *m, const struct where *w, const struct watch_hit *hit);
void tell_near_pair(struct matching *m, const struct where *w, const struct where *other, uint32_t distance);
struct video_match;
void tell_video(struct matching *m, const struct where *w, const struct where *other, const struct video_match *v);
/* A fingerprint that says nothing: there is too little in the picture. */
void tell_incomparable(struct matching *m, const struct where *w);
/* On standard error: what was compared, and what was not. */
void tell_summary(const struct matching *m);

#endif
