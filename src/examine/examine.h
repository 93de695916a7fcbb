/* examine: one examination of one device's evidence into one sealed exhibit file.
 *
 * plan (which entries which artifacts read) → pour (threads: read each entry once, hash it, hand what artifacts read to a sandboxed
 * worker) → drain (one thread: check what workers send, write records in the plan's order) → seal.
 */
#ifndef CUSTOS_EXAMINE_EXAMINE_H
#define CUSTOS_EXAMINE_EXAMINE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/sandbox.h"
#include "examine/artifact.h"
#include "examine/limits.h"
#include "exhibit/exhibit.h"
#include "match/watch.h"

struct examine_progress {
	const char *stage; /* "listing", "reading", "indexing", "sealing", "done" */
	uint64_t files, files_done, bytes, bytes_done, records, notes;
	double done; /* 0 to 1 over all */
};

struct examine_options {
	const char *evidence, *exhibit, *password, *scratch;
	const char *region;                       /* default country of numbers without one; NULL: GB */
	const char *only;                         /* NULL, or a glob: only artifacts whose name matches run */
	const struct artifact_set *artifacts;     /* ready; the same that the sandbox's workers know */
	struct sandbox *sandbox;
	struct sandbox *media_sandbox;            /* for pictures and videos, made after video_prepare(); NULL: the same, and videos may not be decoded */
	const struct watch *watch;                /* known lists to compare with, opened before the sandboxes were made; or NULL */
	bool all_frames;                          /* hash every frame of a video; else key frames, which are a prefilter */
	bool no_thumbnails;
	int threads;                              /* 0: one a core */
	bool resume;                              /* keep what is finished in EXHIBIT.resume, and take up what is there */
	const struct worker_limits *limits;       /* NULL; for tests: what is not 0 counts in the place of the usual limit */
	const atomic_bool *cancelled;             /* may be NULL; set from a signal handler */
	void (*progress)(void *context, const struct examine_progress *p); /* from the calling thread, some times a second; may be NULL */
	void *progress_context;
};

struct examine_result {
	struct exhibit_seal seal;
	struct examine_progress totals;
	double seconds;
	uint64_t kept_files, kept_answers; /* taken up from an interrupted examination */
	uint64_t illegal_files;            /* that match a list marked illegal: police referral is mandatory */
	uint64_t listed_files, good_files; /* that match any list; of them known-good ones, out of sight */
};

/* The workers' functions for sandbox_new: worker_run, and what evidence_open has for it. */
extern sandbox_fn *const examine_workers[];
extern const int examine_worker_count;

/* Everything that needs files or threads-unsafe set-up before sandbox_new: libraries, artifacts, the known lists (NULL: none) that examine_options.watch will be. */
enum err examine_startup(const struct artifact_set *artifacts, const struct watch *watch);

/* Runs it. ERR_CANCELLED after `cancelled`; nothing is left under the exhibit's name on any error. */
enum err examine_run(const struct examine_options *o, struct examine_result *ret);

#endif
