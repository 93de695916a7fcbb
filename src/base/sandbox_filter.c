/* The seccomp allow-list. Each row says why it is there; docs/sandbox.md repeats them for readers. What is not listed kills. */
#include "base/sandbox_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Stands in the program where a worker's own process id belongs. */
#define PID_HERE 0x7e57c0deu

struct rule {
	uint32_t action;
	int call;
	unsigned arg_count;
	struct scmp_arg_cmp args[2];
};

#define ALLOW(name) { SCMP_ACT_ALLOW, SCMP_SYS(name), 0, { { 0 } } }
#define ALLOW_IF(name, a) { SCMP_ACT_ALLOW, SCMP_SYS(name), 1, { a } }
#define ALLOW_IF2(name, a, b) { SCMP_ACT_ALLOW, SCMP_SYS(name), 2, { a, b } }
#define FAIL(name, number) { SCMP_ACT_ERRNO(number), SCMP_SYS(name), 0, { { 0 } } }
#define FAIL_IF2(name, number, a, b) { SCMP_ACT_ERRNO(number), SCMP_SYS(name), 2, { a, b } }
/* 32-bit: the upper half of a register that holds an int is undefined. */
#define IS(n, value) { n, SCMP_CMP_MASKED_EQ, 0xffffffffu, (value) }
#define BITS(n, mask, value) { n, SCMP_CMP_MASKED_EQ, (mask), (value) }
#define NO_EXEC(n) BITS(n, PROT_EXEC, 0)
#define FUTEX_KIND(op) BITS(1, 0xffffffffu & ~(uint32_t)(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME), (op))

static const struct rule rules[] = {
	/* Reading evidence. */
	ALLOW(read),
	ALLOW(readv),
	ALLOW(pread64),
	ALLOW(preadv),
	ALLOW(lseek),
	ALLOW(fstat),
	ALLOW_IF(newfstatat, IS(3, AT_EMPTY_PATH)), /* glibc's fstat */
	ALLOW(close),
	ALLOW_IF(fcntl, IS(1, F_GETFD)), /* fdopen asks for the mode */
	ALLOW_IF(fcntl, IS(1, F_GETFL)),
	FAIL(ioctl, ENOTTY), /* stdio asks whether stdout is a terminal */

	/* Answering: the pipe, and /dev/null at 0, 1, 2. Never a descriptor of evidence, whatever mode it was opened in. */
	ALLOW_IF(write, IS(0, SANDBOX_FD_OUT)),
	ALLOW_IF(write, IS(0, 2)),
	ALLOW_IF(write, IS(0, 1)),
	ALLOW_IF(writev, IS(0, SANDBOX_FD_OUT)),
	ALLOW_IF(writev, IS(0, 2)),
	ALLOW_IF(writev, IS(0, 1)),

	/* Memory: private, never executable. A shared map could write to evidence that was opened for writing. */
	ALLOW(brk),
	ALLOW_IF2(mmap, NO_EXEC(2), BITS(3, MAP_TYPE, MAP_PRIVATE)),
	FAIL_IF2(mmap, EACCES, NO_EXEC(2), BITS(3, MAP_TYPE, MAP_SHARED)), /* SQLite then reads instead */
	ALLOW_IF(mprotect, NO_EXEC(2)),
	ALLOW(munmap),
	ALLOW(mremap),
	ALLOW(madvise),
	ALLOW(sysinfo), /* glibc's qsort asks for the size of memory */

	/* Locks of libraries, uncontended in one thread; no priority inheritance, no requeue. */
	ALLOW_IF(futex, FUTEX_KIND(FUTEX_WAIT)),
	ALLOW_IF(futex, FUTEX_KIND(FUTEX_WAKE)),
	ALLOW_IF(futex, FUTEX_KIND(FUTEX_WAIT_BITSET)),
	ALLOW_IF(futex, FUTEX_KIND(FUTEX_WAKE_BITSET)),
	ALLOW(sched_yield),

	/* Time (mostly answered without a call) and chance. */
	ALLOW(clock_gettime),
	ALLOW(clock_getres),
	ALLOW(gettimeofday),
	ALLOW(time),
	ALLOW(nanosleep),
	ALLOW(clock_nanosleep),
	ALLOW(restart_syscall), /* a sleep goes on after SIGCONT */
	ALLOW(getrandom),

	/* Asking about oneself. */
	ALLOW(getpid),
	ALLOW(gettid),
	ALLOW(getuid),
	ALLOW(geteuid),
	ALLOW(getgid),
	ALLOW(getegid),
	ALLOW_IF2(prlimit64, IS(0, 0), BITS(2, UINT64_MAX, 0)), /* sysconf: get, not set */
	ALLOW_IF(sched_getaffinity, IS(0, 0)), /* how many processors */

	/* Ending. abort() signals its own process and nobody else. */
	ALLOW_IF2(tgkill, IS(0, PID_HERE), IS(2, SIGABRT)),
	ALLOW(rt_sigprocmask),
	ALLOW(rt_sigreturn),
	ALLOW(sigaltstack),
	ALLOW(exit),
	ALLOW(exit_group),
};

/* A build with AddressSanitizer: its report looks for symbols; let it fail quietly and print addresses. */
static const struct rule asan_rules[] = {
	ALLOW(rt_sigaction),
	FAIL(openat, EACCES),
	FAIL(open, EACCES),
	FAIL(readlink, EACCES),
	FAIL(readlinkat, EACCES),
	FAIL(stat, EACCES),
	FAIL(access, EACCES),
	FAIL(getcwd, EACCES),
	FAIL(pipe, EACCES),
	FAIL(pipe2, EACCES),
	FAIL(prctl, EACCES),
};

static int add(scmp_filter_ctx context, const struct rule *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int r = seccomp_rule_add_array(context, list[i].action, list[i].call, list[i].arg_count, list[i].args);
		if (r < 0)
			return r;
	}
	return 0;
}

bool sandbox_filter_new(struct sock_fprog *ret, char why[SANDBOX_REASON])
{
	int file = -1, r;
	void *code = NULL;
	struct stat info;
	scmp_filter_ctx context = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!context) {
		snprintf(why, SANDBOX_REASON, "seccomp: out of memory");
		return false;
	}
	/* A call under another architecture's numbers, x32 too, kills the process and not only the thread. */
	r = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (r == 0)
		r = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r == 0)
		r = add(context, rules, sizeof rules / sizeof rules[0]);
	if (r == 0 && SANDBOX_ASAN)
		r = add(context, asan_rules, sizeof asan_rules / sizeof asan_rules[0]);
	if (r == 0) {
		file = memfd_create("filter", MFD_CLOEXEC);
		r = file < 0 ? -errno : seccomp_export_bpf(context, file);
	}
	if (r == 0 && fstat(file, &info) < 0)
		r = -errno;
	if (r == 0) {
		size_t size = (size_t)info.st_size;
		code = malloc(size);
		if (!code || size % sizeof(struct sock_filter) != 0 || size / sizeof(struct sock_filter) > BPF_MAXINSNS ||
		    pread(file, code, size, 0) != (ssize_t)size)
			r = -EIO;
		else
			*ret = (struct sock_fprog){ (unsigned short)(size / sizeof(struct sock_filter)), code };
	}
	if (r < 0) {
		snprintf(why, SANDBOX_REASON, "seccomp filter: %s", strerror(-r));
		free(code);
	}
	if (file >= 0)
		close(file);
	seccomp_release(context);
	return r == 0;
}

void sandbox_filter_own_pid(struct sock_fprog *filter, pid_t pid)
{
	for (unsigned i = 0; i < filter->len; i++)
		if (filter->filter[i].k == PID_HERE && BPF_CLASS(filter->filter[i].code) == BPF_JMP)
			filter->filter[i].k = (uint32_t)pid;
}
