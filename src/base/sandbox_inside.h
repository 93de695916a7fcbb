/* sandbox_inside: what the parent, the zygote and the worker of base/sandbox.h share. Not for other rooms.
 *
 *	parent ── socketpair (SOCK_SEQPACKET) ── zygote ── fork ── worker
 *	   └─ keeper: sees the zygote die, dies with the parent, lends the zygote its PID namespace
 */
#ifndef CUSTOS_BASE_SANDBOX_INSIDE_H
#define CUSTOS_BASE_SANDBOX_INSIDE_H

#include <linux/filter.h>

#include "base/sandbox.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_ASAN 1
#endif
#endif
#ifndef SANDBOX_ASAN
#define SANDBOX_ASAN 0
#endif

/* The layers, in the order in which they come to hold. */
enum sandbox_layer {
	LAYER_USERNS = 1 << 0,
	LAYER_NETNS = 1 << 1,
	LAYER_IPCNS = 1 << 2,
	LAYER_PIDNS = 1 << 3,
	LAYER_ROOT = 1 << 4, /* an empty file system */
	LAYER_RLIMITS = 1 << 5,
	LAYER_UID = 1 << 6,
	LAYER_CAPS = 1 << 7,
	LAYER_NNP = 1 << 8,
	LAYER_LANDLOCK = 1 << 9,
	LAYER_SECCOMP = 1 << 10,
};

enum {
	SANDBOX_UID = 65534,
	SANDBOX_SLOTS = 4096, /* workers at one time; an id is generation * SANDBOX_SLOTS + slot */
	SANDBOX_INLINE = 64 * 1024, /* a larger job travels in a memfd */
	SANDBOX_JOB_MOST = 64 * 1024 * 1024,
	SANDBOX_FD_OUT = 3, /* 0, 1, 2: /dev/null; 3: the pipe; 4…: the descriptors given */
	SANDBOX_FD_FIRST = 4,
	SANDBOX_FD_FREE = SANDBOX_FD_FIRST + SANDBOX_FDS_MOST, /* the zygote keeps its own descriptors from here */
	SANDBOX_REASON = 160,
};

enum sandbox_op { SANDBOX_OP_START = 1, SANDBOX_OP_KILL };

/* Parent → zygote, followed by the job's bytes; descriptors: out, the given ones, then the memfd of a large job. */
struct sandbox_order {
	uint32_t op, id;
	int32_t fn, fd_count;
	uint64_t job_size;
	uint32_t job_in_memfd;
	struct sandbox_limits limits;
};

/* Zygote → parent. The first message is a greeting: id 0, result.status the layers or 0, result.reason why not. */
struct sandbox_report {
	uint32_t id;
	uint32_t landlock_abi;
	struct sandbox_result result;
};

/* What the zygote prepared once, so that a worker's own share is small. */
struct sandbox_plan {
	sandbox_fn *const *fns;
	int fn_count;
	unsigned skip; /* layers left out on purpose: for tests of the others alone */
	unsigned layers;
	unsigned landlock_abi;
	int ruleset; /* Landlock's, or -1 */
	struct sock_fprog filter;
	pid_t zygote; /* its process id, as its workers see it */
};

/* sandbox_new, leaving the layers `skip` out. For tests: seccomp hides whether the layers under it hold. */
enum err sandbox_new_without(sandbox_fn *const *fns, int fn_count, unsigned skip, struct sandbox **ret);

/* sandbox_zygote.c: the keeper's life; never returns. `sock` is its end of the pair. */
_Noreturn void sandbox_keeper(int sock, pid_t parent, struct sandbox_plan *plan);

/* sandbox_layers.c. On failure both leave one line in `why`. */
/* In the keeper: namespaces; what cannot be had is left out of plan->layers. */
void sandbox_layers_unshare(struct sandbox_plan *plan);
/* In the zygote: an empty root, no_new_privs, Landlock's ruleset, whether a uid can be dropped. */
bool sandbox_layers_prepare(struct sandbox_plan *plan, char why[SANDBOX_REASON]);

/* sandbox_filter.c: the seccomp program, made once; for each worker the process id is written into it. */
bool sandbox_filter_new(struct sock_fprog *ret, char why[SANDBOX_REASON]);
void sandbox_filter_own_pid(struct sock_fprog *filter, pid_t pid);

/* sandbox_worker.c: what a worker does with its order. `reason`: shared with the zygote; unmapped (`shared`, `shared_size`) before
 * the work begins, so that the work cannot forge a refusal. `fds`: out, the given ones, memfd. */
struct sandbox_worker {
	const struct sandbox_plan *plan;
	const struct sandbox_order *order;
	const void *job;
	const int *fds;
	char *reason;
	void *shared;
	size_t shared_size;
};
_Noreturn void sandbox_worker(const struct sandbox_worker *w);

/* Closes every descriptor from `first` on. */
void sandbox_close_from(int first);

#endif
