/* resume: what an examination has finished, kept beside its exhibit while it runs, so that another can take it up. Shared by pour.c, drain.c and
 * examine.c alone. The file, and why it may be trusted: docs/resume.md.
 *
 * All functions accept NULL for an examination that keeps nothing.
 */
#ifndef CUSTOS_EXAMINE_RESUME_H
#define CUSTOS_EXAMINE_RESUME_H

#include "examine/examine_inside.h"
#include "examine/wire.h"

struct resume;

/* Opens EXHIBIT.resume, which no other examination may have open, or makes it; fills x->found with the files that need not be read again. After
 * plan_make, before exhibit_create: what a killed examination left of its exhibit is removed. ERR_USAGE: it belongs to another examination. */
enum err resume_open(struct examination *x, struct resume **ret);
/* The exhibit's own unfinished file has been made. */
enum err resume_begin(struct resume *r);
/* Writes down what is pending, closes, and with `done` removes the file. */
void resume_close(struct resume *r, bool done);

/* One file was read, without anything wrong. From any thread. */
enum err resume_file(struct resume *r, size_t entry, const struct found *f);

/* A worker's answer, frame by frame, and its end; from one thread, one answer at a time. `key`: resume_job_key. */
enum err resume_frame(struct resume *r, size_t entry, char type, struct span payload);
enum err resume_answered(struct resume *r, size_t entry, const uint8_t key[32]);

/* What a job's answer follows from, beside what the whole examination does: the content of all its files. */
bool resume_job_key(const struct examination *x, const struct plan_job *j, uint8_t ret[32]);
/* True when the answer to this job is there: resume_replay then gives its frames, as wire_read does. */
bool resume_has(const struct resume *r, size_t entry, const uint8_t key[32]);
enum err resume_replay(struct resume *r, size_t entry, wire_frame_fn *take, wire_stop_fn *stop, void *context);

/* resume_key.c: what the whole examination follows from: program, artifacts, options, the evidence as it was listed. */
bool resume_head_key(const struct examination *x, uint8_t ret[32]);

#endif
