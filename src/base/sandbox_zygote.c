/* The keeper and the zygote: processes that never see a byte of evidence themselves. One thread, no library beyond libc and libseccomp. */
#include "base/sandbox_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if SANDBOX_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

enum slot_state { SLOT_FREE, SLOT_RUNS, SLOT_ENDED };

struct slot {
	enum slot_state state;
	uint32_t id;
	pid_t pid;
	bool killed; /* by sandbox_kill */
	struct sandbox_limits limits;
	struct sandbox_report report; /* once ENDED, until the parent has taken it */
};

struct zygote {
	struct sandbox_plan *plan;
	int sock, children; /* children: signalfd */
	struct slot *slots; /* SANDBOX_SLOTS */
	uint32_t used; /* no slot at or above was ever used */
	uint32_t ended; /* how many wait to be reported */
	char (*reasons)[SANDBOX_REASON]; /* one a slot, shared with the worker until it begins to work */
	union {
		struct sandbox_order order;
		char bytes[sizeof(struct sandbox_order) + SANDBOX_INLINE];
	} in;
};

static const size_t reasons_size = (size_t)SANDBOX_SLOTS * SANDBOX_REASON;

/* What the parent was told by its environment (passwords, addresses) is no business of a worker. */
static void forget_environment(void)
{
	for (char **e = environ; e && *e; e++)
		memset(*e, 0, strlen(*e));
	clearenv();
	setenv("TZ", "UTC0", 1); /* so that localtime looks for no file */
	tzset();
}

static void quiet_signals(void)
{
	sigset_t all;
	for (int n = 1; n < NSIG; n++) {
		/* The sanitizer's handlers print its report. */
		if (SANDBOX_ASAN && (n == SIGSEGV || n == SIGBUS || n == SIGFPE || n == SIGILL || n == SIGABRT))
			continue;
		/* Ctrl-C and the like are for the parent to decide. */
		signal(n, n == SIGINT || n == SIGQUIT || n == SIGHUP || n == SIGTSTP || n == SIGPIPE ? SIG_IGN : SIG_DFL);
	}
	sigemptyset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

static int open_null(void)
{
	int null = open("/dev/null", O_RDWR);
	/* Without a /dev/null: a pipe's read end, so that nothing can be written. */
	int ends[2];
	if (null < 0 && pipe(ends) == 0) {
		close(ends[1]);
		null = ends[0];
	}
	return null;
}

/* Descriptors: 0–2 /dev/null, then as many fillers as a worker has targets, then our own. Returns our end of the pair or -1. */
static int settle_descriptors(int sock)
{
	int own = fcntl(sock, F_DUPFD, SANDBOX_FD_FREE), null = open_null();
	if (own < 0 || null < 0)
		return -1;
	for (int f = 0; f < SANDBOX_FD_FREE; f++)
		if (f != null && !(SANDBOX_ASAN && f == 2) && dup2(null, f) < 0)
			return -1;
	if (null >= SANDBOX_FD_FREE)
		close(null);
	if (own != SANDBOX_FD_FREE) {
		if (dup2(own, SANDBOX_FD_FREE) < 0)
			return -1;
		own = SANDBOX_FD_FREE;
	}
	sandbox_close_from(SANDBOX_FD_FREE + 1);
	return own;
}

static const char *signal_text(int number)
{
	switch (number) {
	case SIGSEGV: return "segmentation fault";
	case SIGBUS: return "bus error";
	case SIGABRT: return "abort";
	case SIGFPE: return "arithmetic error";
	case SIGILL: return "illegal instruction";
	case SIGPIPE: return "nobody reads its answer";
	case SIGSYS: return "tried a forbidden system call";
	case SIGXCPU: return "CPU limit";
	case SIGXFSZ: return "tried to write a file";
	case SIGKILL: return "killed, perhaps for want of memory";
	default: return "signal";
	}
}

static void end_slot(struct zygote *z, struct slot *s, int status, const struct rusage *used)
{
	struct sandbox_result *r = &s->report.result;
	const char *reason = z->reasons[s - z->slots];
	memset(&s->report, 0, sizeof s->report);
	s->report.id = s->id;
	s->state = SLOT_ENDED;
	z->ended++;
	if (reason[0]) {
		r->end = SANDBOX_REFUSED;
		r->status = 1;
		snprintf(r->reason, sizeof r->reason, "%.*s", SANDBOX_REASON - 1, reason);
	} else if (WIFSIGNALED(status)) {
		int number = WTERMSIG(status);
		r->end = SANDBOX_SIGNALLED;
		r->status = number;
		if (s->killed && number == SIGKILL)
			snprintf(r->reason, sizeof r->reason, "stopped: it took too long");
		else if (number == SIGXCPU ||
			 (number == SIGKILL && used->ru_utime.tv_sec + used->ru_stime.tv_sec >= (time_t)s->limits.cpu_seconds))
			snprintf(r->reason, sizeof r->reason, "used more than %u s of CPU", s->limits.cpu_seconds);
		else
			snprintf(r->reason, sizeof r->reason, "killed by signal %d (%s)", number, signal_text(number));
	} else {
		r->end = SANDBOX_EXITED;
		r->status = WEXITSTATUS(status);
		snprintf(r->reason, sizeof r->reason, "ended with status %d", r->status);
	}
}

static void refuse_slot(struct zygote *z, struct slot *s, const char *reason)
{
	snprintf(z->reasons[s - z->slots], SANDBOX_REASON, "refused to work: %s", reason);
	end_slot(z, s, 0, NULL);
}

static void reap(struct zygote *z)
{
	int status;
	struct rusage used;
	pid_t pid;
	struct signalfd_siginfo note;
	while (read(z->children, &note, sizeof note) > 0) {
	}
	while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0)
		for (uint32_t i = 0; i < z->used; i++)
			if (z->slots[i].state == SLOT_RUNS && z->slots[i].pid == pid) {
				end_slot(z, &z->slots[i], status, &used);
				break;
			}
}

static void start(struct zygote *z, struct slot *s, const int *fds, int fd_count)
{
	const struct sandbox_order *o = &z->in.order;
	uint32_t index = (uint32_t)(s - z->slots);
	if (index >= z->used)
		z->used = index + 1;
	*s = (struct slot){ .state = SLOT_RUNS, .id = o->id, .limits = o->limits };
	z->reasons[index][0] = 0;
	if (fd_count != o->fd_count + 1 + (int)o->job_in_memfd) {
		refuse_slot(z, s, "descriptors were lost on the way");
		return;
	}
	s->pid = fork();
	if (s->pid == 0) {
		struct sandbox_worker w = { z->plan, o, z->in.bytes + sizeof *o, fds, z->reasons[index], z->reasons, reasons_size };
		sandbox_worker(&w);
	}
	if (s->pid < 0)
		refuse_slot(z, s, strerror(errno));
}

/* One message from the parent. False: the parent is gone. */
static bool obey(struct zygote *z)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int) * (SANDBOX_FDS_MOST + 2))];
	} control;
	struct iovec part = { z->in.bytes, sizeof z->in.bytes };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
	int fds[SANDBOX_FDS_MOST + 2], fd_count = 0;
	ssize_t size = recvmsg(z->sock, &m, 0);
	if (size < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (size <= 0)
		return false;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
			fd_count = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
			memcpy(fds, CMSG_DATA(c), (size_t)fd_count * sizeof(int));
		}
	const struct sandbox_order *o = &z->in.order;
	if ((size_t)size >= sizeof *o) {
		struct slot *s = &z->slots[o->id % SANDBOX_SLOTS];
		if (o->op == SANDBOX_OP_START && s->state == SLOT_FREE) {
			start(z, s, fds, fd_count);
		} else if (o->op == SANDBOX_OP_KILL && s->state == SLOT_RUNS && s->id == o->id) {
			s->killed = true;
			kill(s->pid, SIGKILL);
		}
	}
	for (int i = 0; i < fd_count; i++)
		close(fds[i]);
	/* The next worker inherits this memory. */
	memset(z->in.bytes, 0, (size_t)size);
	return true;
}

/* Sends what the parent has room for; the rest waits, so that neither ever blocks on the other. */
static void report(struct zygote *z)
{
	for (uint32_t i = 0; i < z->used && z->ended > 0; i++) {
		struct slot *s = &z->slots[i];
		if (s->state != SLOT_ENDED)
			continue;
		if (send(z->sock, &s->report, sizeof s->report, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			return;
		s->state = SLOT_FREE;
		z->ended--;
	}
}

static void greet(int sock, const struct sandbox_plan *plan, const char *why)
{
	struct sandbox_report hello = { .landlock_abi = plan->landlock_abi };
	hello.result.status = why ? 0 : (int)plan->layers;
	snprintf(hello.result.reason, sizeof hello.result.reason, "%s", why ? why : "");
	send(sock, &hello, sizeof hello, MSG_NOSIGNAL);
}

/* A worker with nothing to do: shows now, and not in the middle of an examination, whether the layers apply. */
static bool trial(struct zygote *z, char why[SANDBOX_REASON])
{
	int fds[1] = { 0 }, status = 0;
	struct slot *s = &z->slots[0];
	memset(&z->in.order, 0, sizeof z->in.order);
	z->in.order.fn = -1;
	z->in.order.limits = (struct sandbox_limits){ 1 << 30, 10 };
	start(z, s, fds, 1);
	if (s->state == SLOT_RUNS) {
		if (waitpid(s->pid, &status, 0) == s->pid && status == 0) {
			s->state = SLOT_FREE;
			return true;
		}
		end_slot(z, s, status, &(struct rusage){ 0 });
	}
	snprintf(why, SANDBOX_REASON, "%s", s->report.result.reason);
	return false;
}

static void live(struct zygote *z)
{
	struct pollfd p[2] = { { .fd = z->sock }, { .fd = z->children, .events = POLLIN } };
	for (;;) {
		report(z);
		p[0].events = (short)(POLLIN | (z->ended ? POLLOUT : 0));
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[1].revents)
			reap(z);
		if (p[0].revents & POLLIN) {
			if (!obey(z))
				return;
		} else if (p[0].revents & (POLLHUP | POLLERR | POLLNVAL)) {
			return;
		}
	}
}

/* Libraries have left many free chunks in the heap that workers inherit. Whoever first asks for a larger piece merges and sorts them all, and
 * a worker that did so would copy most pages of that heap: so it is done here, once. */
static void heap_settle(void)
{
	malloc_trim(0);
	void *volatile large = malloc(1 << 16);
	free(large);
}

static _Noreturn void zygote(int sock, pid_t keeper, struct sandbox_plan *plan)
{
	static struct zygote z;
	char why[SANDBOX_REASON] = "";
	sigset_t child;
	z.plan = plan;
	z.sock = sock;
	plan->zygote = getpid();
	prctl(PR_SET_NAME, "custos-zygote");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 1); /* own_userns and a change of uid differ in what they leave; /proc/self must be ours for a moment */
	/* In a PID namespace of our own the keeper is not to be seen (0). */
	if (getppid() != 0 && getppid() != keeper)
		_exit(1);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	z.slots = calloc(SANDBOX_SLOTS, sizeof *z.slots);
	z.reasons = mmap(NULL, reasons_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!z.slots || z.reasons == MAP_FAILED) {
		greet(sock, plan, "zygote: out of memory");
		_exit(1);
	}
	if (!sandbox_layers_prepare(plan, why) || !trial(&z, why)) {
		greet(sock, plan, why);
		_exit(1);
	}
	prctl(PR_SET_DUMPABLE, 0);
	sigprocmask(SIG_BLOCK, &child, NULL);
	z.children = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
	if (z.children < 0) {
		greet(sock, plan, "zygote: signalfd");
		_exit(1);
	}
	heap_settle();
	greet(sock, plan, NULL);
	live(&z);
	/* In a PID namespace the kernel kills what is left; elsewhere each worker's own parent-death signal does too. */
	for (uint32_t i = 0; i < z.used; i++)
		if (z.slots[i].state == SLOT_RUNS)
			kill(z.slots[i].pid, SIGKILL);
	_exit(0);
}

_Noreturn void sandbox_keeper(int sock, pid_t parent, struct sandbox_plan *plan)
{
	int status;
#if SANDBOX_ASAN
	__sanitizer_sandbox_on_notify(NULL); /* reads what its reports need while it can */
#endif
	setsid();
	quiet_signals();
	forget_environment();
	/* A worker must not be able to make executable what it can write. */
	personality((unsigned long)personality(0xffffffff) & ~(unsigned long)READ_IMPLIES_EXEC);
	prctl(PR_SET_NAME, "custos-keeper");
	sock = settle_descriptors(sock);
	if (sock < 0)
		_exit(1);
	plan->ruleset = -1;
	sandbox_layers_unshare(plan);
	/* After unshare, which may change the uid and so clear it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	pid_t self = getpid(), child = fork();
	if (child == 0)
		zygote(sock, self, plan);
	if (child < 0) {
		greet(sock, plan, strerror(errno));
		_exit(1);
	}
	sandbox_close_from(0);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
	}
	_exit(0);
}
