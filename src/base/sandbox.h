/* sandbox: run a function in a process that can read the descriptors it was given, write one pipe, and nothing else.
 *
 * A zygote, a small single-threaded process forked before the program starts threads or opens evidence, forks one worker for each job.
 * The zygote itself lives in empty network, IPC, PID and mount namespaces (started without root: inside a user namespace) and its workers
 * with it. Each worker then applies, in this order: rlimits, unprivileged uid/gid (root: uid 65534), no capabilities, not dumpable,
 * Landlock (no path at all), seccomp allow-list without sockets, open, exec, ptrace, clone. A layer that the kernel offers and that fails
 * to apply is fatal for the worker: it refuses to run (SANDBOX_REFUSED). Details, the allow-list, what is not protected: docs/sandbox.md.
 *
 * For those who write the work: a worker can open nothing and start no thread. What a library reads from files or sets up once
 * (sqlite3_initialize, metadata of phone numbers, locales) must have been set up before sandbox_new: workers inherit it. `localtime` is
 * UTC, `environ` is empty, 0–2 are /dev/null. A work that dies of signal 31 tried a forbidden call: `strace -f` on the parent names it.
 */
#ifndef CUSTOS_BASE_SANDBOX_H
#define CUSTOS_BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum { SANDBOX_FDS_MOST = 16 };

struct sandbox_limits {
	uint64_t memory_bytes; /* RLIMIT_AS, what the zygote inherited included; 0: 1 GiB. Not in a build with AddressSanitizer. */
	uint32_t cpu_seconds;  /* RLIMIT_CPU; 0: 60 */
};

/* The work: runs in the worker. `fds`: count descriptors, in the order given; `out`: the pipe. `job`: bytes given to sandbox_start.
 * A regular file arrives reopened: read-only, with an offset of its own at 0. Only `out` can be written.
 * Its return value becomes the exit status. */
typedef int sandbox_fn(const void *job, size_t job_size, const int *fds, int fd_count, int out);

struct sandbox; /* the zygote */

/* Starts the zygote; `fns` is the fixed table of functions that workers may run (by index). Call before any thread exists.
 * ERR_SANDBOX with the reason when not even the layers needed can be had. */
enum err sandbox_new(sandbox_fn *const *fns, int fn_count, struct sandbox **ret);
void sandbox_free(struct sandbox *s); /* ends the zygote and its workers; accepts NULL */

/* Starts a worker. Thread-safe. Descriptors stay the caller's. `job_size`: at most 64 MiB (best up to 64 KiB). `limits`: NULL for the
 * defaults. `*ret_out`: read end of its pipe (the caller closes it). `*ret_id`: for sandbox_wait and sandbox_kill; every worker must be
 * waited for, once. At most 4096 at a time (ERR_LIMIT). */
enum err sandbox_start(struct sandbox *s, int fn, const void *job, size_t job_size, const int *fds, int fd_count,
		       const struct sandbox_limits *limits, int *ret_out, uint32_t *ret_id);

enum sandbox_end { SANDBOX_EXITED, SANDBOX_SIGNALLED, SANDBOX_REFUSED };
struct sandbox_result {
	enum sandbox_end end;
	int status; /* exit status or signal number */
	char reason[160]; /* one line for a note: "killed by signal 11 (segmentation fault)", "used more than 30 s of CPU", … */
};

/* Waits for the worker's end; read its pipe first, or it may never come. Thread-safe; each id once. */
enum err sandbox_wait(struct sandbox *s, uint32_t id, struct sandbox_result *ret);
/* The same, but kills a worker that has not ended after `ms` (it may close its pipe and go on); ERR_LIMIT tells that it had to. */
enum err sandbox_end(struct sandbox *s, uint32_t id, uint64_t ms, struct sandbox_result *ret);
/* Kills a worker that takes too long. */
void sandbox_kill(struct sandbox *s, uint32_t id);

/* Which layers work here, as a line of text for `custos show` and the examination's record ("netns ipcns pidns empty-root
 * rlimits uid no-caps no-new-privs landlock-7 seccomp"). */
const char *sandbox_layers(const struct sandbox *s);

#endif
