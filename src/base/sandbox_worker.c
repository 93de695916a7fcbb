/* A worker: takes its descriptors, shuts every door in the order of base/sandbox.h, then works. */
#include "base/sandbox_inside.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Noreturn void refuse(const struct sandbox_worker *w, const char *layer)
{
	snprintf(w->reason, SANDBOX_REASON, "refused to work: %s: %s", layer, strerror(errno));
	_exit(1);
}

static int limit(int what, rlim_t soft, rlim_t hard)
{
	struct rlimit old, new = { soft, hard };
	if (getrlimit((__rlimit_resource_t)what, &old) < 0)
		return -1;
	/* Never more than we have: that would need a right we may not have. */
	if (new.rlim_max > old.rlim_max)
		new.rlim_max = old.rlim_max;
	if (new.rlim_cur > new.rlim_max)
		new.rlim_cur = new.rlim_max;
	return setrlimit((__rlimit_resource_t)what, &new);
}

static void apply_rlimits(const struct sandbox_worker *w)
{
	const struct sandbox_limits *l = &w->order->limits;
	/* CPU: the soft limit's signal tells what happened; one second later the hard one kills whoever blocked it. */
	if (limit(RLIMIT_CPU, l->cpu_seconds, (rlim_t)l->cpu_seconds + 1) < 0)
		refuse(w, "RLIMIT_CPU");
	/* AddressSanitizer reserves terabytes of address space. */
	if (!SANDBOX_ASAN && limit(RLIMIT_AS, l->memory_bytes, l->memory_bytes) < 0)
		refuse(w, "RLIMIT_AS");
	/* …and writes its report to stderr, which may be a file. */
	if (!SANDBOX_ASAN && limit(RLIMIT_FSIZE, 0, 0) < 0)
		refuse(w, "RLIMIT_FSIZE");
	if (limit(RLIMIT_CORE, 0, 0) < 0 || limit(RLIMIT_MEMLOCK, 0, 0) < 0 || limit(RLIMIT_MSGQUEUE, 0, 0) < 0 ||
	    limit(RLIMIT_STACK, 8 << 20, 8 << 20) < 0)
		refuse(w, "rlimits");
}

static void drop_uid(const struct sandbox_worker *w)
{
	uid_t r, e, s;
	if (setgroups(0, NULL) < 0 || setresgid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID) < 0 ||
	    setresuid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID) < 0)
		refuse(w, "unprivileged uid");
	if (getresuid(&r, &e, &s) < 0 || r != SANDBOX_UID || e != SANDBOX_UID || s != SANDBOX_UID) {
		errno = EPERM;
		refuse(w, "unprivileged uid");
	}
}

static void drop_capabilities(const struct sandbox_worker *w)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	if (syscall(SYS_capset, &head, none) < 0)
		refuse(w, "capabilities");
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

void sandbox_close_from(int first)
{
	if (syscall(436 /* close_range */, first, ~0u, 0) == 0)
		return;
	/* Before Linux 5.9. */
	long most = sysconf(_SC_OPEN_MAX);
	for (int f = first; f < (most > 0 && most < 1 << 20 ? (int)most : 1 << 20); f++)
		close(f);
}

_Noreturn void sandbox_worker(const struct sandbox_worker *w)
{
	const struct sandbox_plan *plan = w->plan;
	const struct sandbox_order *order = w->order;
	const void *job = w->job;
	int fds[SANDBOX_FDS_MOST], count = order->fd_count;
	sigset_t none;

	for (int i = 0; i < count + 1; i++) {
		/* The source is never among the targets: the zygote keeps those numbers occupied. */
		if (dup2(w->fds[i], SANDBOX_FD_OUT + i) < 0)
			refuse(w, "descriptors");
		if (i > 0)
			fds[i - 1] = SANDBOX_FD_OUT + i;
	}
	if (order->job_in_memfd) {
		job = mmap(NULL, order->job_size, PROT_READ, MAP_PRIVATE, w->fds[count + 1], 0);
		if (job == MAP_FAILED)
			refuse(w, "job");
	}
	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);

	bool limited = plan->layers & LAYER_RLIMITS;
	if (limited)
		apply_rlimits(w);
	if (plan->layers & LAYER_UID)
		drop_uid(w);
	drop_capabilities(w);
	if (limited && limit(RLIMIT_NPROC, 0, 0) < 0)
		refuse(w, "RLIMIT_NPROC");
	/* After the change of uid, which clears both. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		refuse(w, "not dumpable");
	if (getppid() != plan->zygote) /* it died before we asked for the signal */
		_exit(1);
	errno = EPERM;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		refuse(w, "no_new_privs");
	if (plan->layers & LAYER_LANDLOCK && syscall(446 /* landlock_restrict_self */, plan->ruleset, 0) < 0)
		refuse(w, "Landlock");
	sandbox_close_from(SANDBOX_FD_FIRST + count);
	rlim_t open_files = (rlim_t)(SANDBOX_FD_FIRST + count);
	if (limited && limit(RLIMIT_NOFILE, open_files, open_files) < 0)
		refuse(w, "RLIMIT_NOFILE");
	if (plan->layers & LAYER_SECCOMP) {
		struct sock_fprog filter = plan->filter;
		sandbox_filter_own_pid(&filter, getpid());
		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) < 0)
			refuse(w, "seccomp");
	}
	munmap(w->shared, w->shared_size);
	/* fn < 0: the zygote's trial. */
	_exit(order->fn < 0 ? 0 : plan->fns[order->fn](job, (size_t)order->job_size, fds, count, SANDBOX_FD_OUT));
}
