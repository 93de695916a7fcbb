/* worker: reads one evidence file with its artifacts, inside the sandbox, and writes frames (wire.h). */
#ifndef CUSTOS_EXAMINE_WORKER_H
#define CUSTOS_EXAMINE_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "examine/artifact.h"

enum { JOB_ARTIFACTS_MOST = 64, JOB_NO_FD = 0xff };

/* One job. Descriptors are given as places in the list that goes with it. */
struct job {
	const char *path, *profile, *region; /* profile may be NULL */
	uint8_t db, wal, journal;            /* JOB_NO_FD: none */
	int artifact_count;
	struct job_artifact {
		uint16_t id;
		int with_count; /* as the artifact's `with:` lines */
		struct {
			uint8_t db, wal; /* JOB_NO_FD: the sibling is not there */
			const char *path;
		} with[8];
	} artifacts[JOB_ARTIFACTS_MOST];
};

/* Job to bytes (to send to the worker) and back; the back way checks everything. Texts borrow from the bytes. */
void job_write(struct buf *out, const struct job *j);
bool job_read(const void *bytes, size_t size, struct job *ret);

/* Files that one worker reads as media, in the order of its descriptors. */
enum { MEDIA_ITEMS_MOST = 16 };
struct media_job {
	const char *region;
	bool all_frames; /* of videos; else their key frames */
	bool thumbnails;
	int artifact_count, item_count;
	uint16_t artifacts[JOB_ARTIFACTS_MOST];
	struct media_item {
		const char *path, *profile, *type; /* profile may be NULL; type by content */
		bool illegal;                      /* its bytes are on a list marked illegal */
	} items[MEDIA_ITEMS_MOST];
};
void media_job_write(struct buf *out, const struct media_job *j);
bool media_job_read(const void *bytes, size_t size, struct media_job *ret);

/* A database by its first bytes; an empty main file whose log holds all counts as one. Either descriptor may be -1. */
bool job_is_database(int db, int wal);

/* The artifacts all workers know: set before the zygote starts. */
void worker_artifacts(const struct artifact_set *set);
/* The known lists they know (NULL: none), likewise. */
struct watch;
void worker_watch(const struct watch *w);

/* A sandbox_fn (base/sandbox.h). */
int worker_run(const void *job, size_t job_size, const int *fds, int fd_count, int out);
int worker_media_run(const void *job, size_t job_size, const int *fds, int fd_count, int out);

#endif
