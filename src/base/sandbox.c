/* The parent's side: orders to the zygote, and its reports handed to whoever waits for them. */
#include "base/quiet.h"
#include "base/sandbox_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum job_state { JOB_FREE, JOB_RUNS, JOB_ENDED };

struct job {
	enum job_state state;
	uint32_t id;
	struct sandbox_result result;
};

struct sandbox {
	int sock;
	pid_t keeper;
	int keeper_fd; /* pidfd, or -1 */
	int fn_count;
	char layers[160];

	pthread_mutex_t lock; /* over all below */
	pthread_cond_t changed;
	bool reading; /* somebody reads the socket, without the lock, for all */
	bool gone; /* the zygote is dead */
	uint32_t next; /* where to look for a free job first */
	struct job jobs[SANDBOX_SLOTS];
};

static const struct {
	unsigned layer;
	const char *name;
} names[] = {
	{ LAYER_USERNS, "userns" }, { LAYER_NETNS, "netns" },     { LAYER_IPCNS, "ipcns" },
	{ LAYER_PIDNS, "pidns" },   { LAYER_ROOT, "empty-root" }, { LAYER_RLIMITS, "rlimits" },
	{ LAYER_UID, "uid" },	    { LAYER_CAPS, "no-caps" },	  { LAYER_NNP, "no-new-privs" },
	{ LAYER_LANDLOCK, "landlock" }, { LAYER_SECCOMP, "seccomp" },
};

static void name_layers(struct sandbox *s, const struct sandbox_report *hello)
{
	size_t at = 0;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (!((unsigned)hello->result.status & names[i].layer) || at >= sizeof s->layers)
			continue;
		at += (size_t)snprintf(s->layers + at, sizeof s->layers - at, "%s%s", at ? " " : "", names[i].name);
		if (names[i].layer == LAYER_LANDLOCK && at < sizeof s->layers)
			at += (size_t)snprintf(s->layers + at, sizeof s->layers - at, "-%u", hello->landlock_abi);
	}
}

const char *sandbox_layers(const struct sandbox *s) { return s->layers; }

enum err sandbox_new(sandbox_fn *const *fns, int fn_count, struct sandbox **ret)
{
	return sandbox_new_without(fns, fn_count, 0, ret);
}

enum err sandbox_new_without(sandbox_fn *const *fns, int fn_count, unsigned skip, struct sandbox **ret)
{
	int pair[2];
	pid_t self = getpid();
	struct sandbox_report hello;
	struct sandbox *s = calloc(1, sizeof *s);
	*ret = NULL;
	if (!s)
		return err_set(ERR_NOMEM, "sandbox");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		free(s);
		return err_errno("sandbox: socket");
	}
	s->sock = pair[0];
	s->keeper_fd = -1;
	s->fn_count = fn_count;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&s->changed, &steady);
	pthread_condattr_destroy(&steady);
	s->keeper = fork();
	if (s->keeper == 0) {
		struct sandbox_plan plan = { .fns = fns, .fn_count = fn_count, .skip = skip };
		sandbox_keeper(pair[1], self, &plan);
	}
	int number = errno;
	close(pair[1]);
	if (s->keeper < 0) {
		sandbox_free(s);
		errno = number;
		return err_errno("sandbox: fork");
	}
	s->keeper_fd = (int)syscall(SYS_pidfd_open, s->keeper, 0);
	ssize_t size;
	while ((size = recv(s->sock, &hello, sizeof hello, 0)) < 0 && errno == EINTR) {
	}
	if (size != (ssize_t)sizeof hello || hello.result.status == 0) {
		sandbox_free(s);
		if (size != (ssize_t)sizeof hello)
			return err_set(ERR_SANDBOX, "sandbox: the zygote died at once");
		return err_set(ERR_SANDBOX, "sandbox: %.*s", (int)sizeof hello.result.reason - 1, hello.result.reason);
	}
	name_layers(s, &hello);
	*ret = s;
	return OK;
}

void sandbox_free(struct sandbox *s)
{
	if (!s)
		return;
	close(s->sock); /* the zygote sees that, kills its workers and ends; the keeper follows */
	if (s->keeper > 0) {
		struct pollfd p = { .fd = s->keeper_fd, .events = POLLIN };
		if (s->keeper_fd < 0 || poll(&p, 1, 5000) == 0)
			kill(s->keeper, SIGKILL); /* takes the zygote along */
		while (waitpid(s->keeper, NULL, 0) < 0 && errno == EINTR) {
		}
	}
	if (s->keeper_fd >= 0)
		close(s->keeper_fd);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* A file of its own for the worker, so that its reading moves nobody else's offset and nothing can be written, whatever mode the
 * caller's descriptor has. Where that cannot be had (pipes, another user's file) the descriptor itself, a seccomp filter guards it. */
static int own_file(int fd)
{
	struct stat info;
	char path[40];
	if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
		return -1;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return quiet_open(path, O_CLOEXEC);
}

static int job_memfd(const void *job, size_t size)
{
	int f = memfd_create("job", MFD_CLOEXEC);
	size_t done = 0;
	while (f >= 0 && done < size) {
		ssize_t n = write(f, (const char *)job + done, size - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			close(f);
			return -1;
		}
		done += (size_t)n;
	}
	return f;
}

static enum err send_order(struct sandbox *s, const struct sandbox_order *order, const void *job, size_t inline_size,
			   const int *fds, int fd_count)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int) * (SANDBOX_FDS_MOST + 2))];
	} control;
	struct iovec parts[2] = { { (void *)order, sizeof *order }, { (void *)job, inline_size } };
	struct msghdr m = { .msg_iov = parts, .msg_iovlen = inline_size ? 2 : 1 };
	if (fd_count > 0) {
		memset(&control, 0, sizeof control);
		m.msg_control = control.bytes;
		m.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fd_count);
		struct cmsghdr *c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fd_count);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * (size_t)fd_count);
	}
	while (sendmsg(s->sock, &m, MSG_NOSIGNAL) < 0) {
		if (errno == EPIPE || errno == ECONNRESET)
			return err_set(ERR_SANDBOX, "sandbox: the zygote is gone");
		if (errno == ETOOMANYREFS || errno == ENOBUFS) { /* the zygote is behind: give it the processor */
			poll(NULL, 0, 1);
			continue;
		}
		if (errno != EINTR)
			return err_errno("sandbox: order");
	}
	return OK;
}

static struct job *job_reserve(struct sandbox *s)
{
	struct job *found = NULL;
	pthread_mutex_lock(&s->lock);
	for (uint32_t i = 0; i < SANDBOX_SLOTS && !found; i++) {
		struct job *j = &s->jobs[(s->next + i) % SANDBOX_SLOTS];
		if (j->state != JOB_FREE)
			continue;
		found = j;
		j->state = JOB_RUNS;
		/* A new generation; never 0, the greeting's. */
		j->id = j->id ? j->id + SANDBOX_SLOTS : (uint32_t)(j - s->jobs) + SANDBOX_SLOTS;
		if (j->id < SANDBOX_SLOTS)
			j->id += SANDBOX_SLOTS;
		s->next = (uint32_t)(j - s->jobs);
	}
	pthread_mutex_unlock(&s->lock);
	return found;
}

static void job_release(struct sandbox *s, struct job *j)
{
	pthread_mutex_lock(&s->lock);
	j->state = JOB_FREE;
	pthread_mutex_unlock(&s->lock);
}

enum err sandbox_start(struct sandbox *s, int fn, const void *job, size_t job_size, const int *fds, int fd_count,
		       const struct sandbox_limits *limits, int *ret_out, uint32_t *ret_id)
{
	int sent[SANDBOX_FDS_MOST + 2], own[SANDBOX_FDS_MOST], ends[2], memfd = -1;
	struct sandbox_order order = { .op = SANDBOX_OP_START, .fn = fn, .fd_count = fd_count, .job_size = job_size };
	*ret_out = -1;
	*ret_id = 0;
	if (fn < 0 || fn >= s->fn_count || fd_count < 0 || fd_count > SANDBOX_FDS_MOST)
		return err_set(ERR_USAGE, "sandbox: no such function, or too many descriptors");
	if (job_size > SANDBOX_JOB_MOST)
		return err_set(ERR_LIMIT, "sandbox: a job of %zu bytes", job_size);
	order.limits.memory_bytes = limits && limits->memory_bytes ? limits->memory_bytes : 1ull << 30;
	order.limits.cpu_seconds = limits && limits->cpu_seconds ? limits->cpu_seconds : 60;
	if (job_size > SANDBOX_INLINE) {
		memfd = job_memfd(job, job_size);
		if (memfd < 0)
			return err_errno("sandbox: job");
		order.job_in_memfd = 1;
	}
	if (pipe2(ends, O_CLOEXEC) < 0) {
		if (memfd >= 0)
			close(memfd);
		return err_errno("sandbox: pipe");
	}
	sent[0] = ends[1];
	for (int i = 0; i < fd_count; i++) {
		own[i] = own_file(fds[i]);
		sent[i + 1] = own[i] >= 0 ? own[i] : fds[i];
	}
	sent[fd_count + 1] = memfd;

	enum err e;
	struct job *j = job_reserve(s);
	if (j) {
		uint32_t id = order.id = j->id;
		e = send_order(s, &order, job, memfd >= 0 ? 0 : job_size, sent, fd_count + 1 + (memfd >= 0));
		if (e == OK)
			*ret_id = id;
		else
			job_release(s, j);
	} else {
		e = err_set(ERR_LIMIT, "sandbox: more than %d workers at a time", SANDBOX_SLOTS);
	}
	for (int i = 0; i < fd_count; i++)
		if (own[i] >= 0)
			close(own[i]);
	if (memfd >= 0)
		close(memfd);
	close(ends[1]);
	if (e == OK)
		*ret_out = ends[0];
	else
		close(ends[0]);
	return e;
}

static uint64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* With the lock held: takes one report off the socket for whomever it concerns, if it comes before `until`. Gives the lock away meanwhile. */
static void read_report(struct sandbox *s, uint64_t until)
{
	struct sandbox_report r;
	ssize_t size = -1;
	uint64_t now = now_ms(), left = until > now ? until - now : 0;
	struct pollfd p = { .fd = s->sock, .events = POLLIN };
	s->reading = true;
	pthread_mutex_unlock(&s->lock);
	/* In pieces: poll takes no more than 24 days. */
	int there = poll(&p, 1, left < 3600000 ? (int)left : 3600000);
	while (there > 0 && (size = recv(s->sock, &r, sizeof r, 0)) < 0 && errno == EINTR) {
	}
	pthread_mutex_lock(&s->lock);
	s->reading = false;
	if (there <= 0) {
		/* nothing came yet, or a signal did */
	} else if (size != (ssize_t)sizeof r) {
		s->gone = true;
	} else {
		struct job *j = &s->jobs[r.id % SANDBOX_SLOTS];
		if (j->state == JOB_RUNS && j->id == r.id) {
			j->state = JOB_ENDED;
			j->result = r.result;
			j->result.reason[sizeof j->result.reason - 1] = 0;
		}
	}
	pthread_cond_broadcast(&s->changed);
}

/* sandbox_wait for at most `ms`; then ERR_LIMIT, and the worker must still be waited for. */
static enum err wait_for(struct sandbox *s, uint32_t id, uint64_t ms, struct sandbox_result *ret)
{
	enum err e = OK;
	struct job *j = &s->jobs[id % SANDBOX_SLOTS];
	uint64_t now = now_ms(), until = ms < UINT64_MAX - now ? now + ms : UINT64_MAX;
	struct timespec at = { (time_t)(until / 1000 < INT32_MAX ? until / 1000 : INT32_MAX), (long)(until % 1000) * 1000000 };
	pthread_mutex_lock(&s->lock);
	while (j->id == id && j->state == JOB_RUNS && !s->gone && now_ms() < until) {
		if (s->reading)
			pthread_cond_timedwait(&s->changed, &s->lock, &at);
		else
			read_report(s, until);
	}
	if (j->id == id && j->state == JOB_RUNS && !s->gone) {
		e = ERR_LIMIT; /* no line of its own: it is often asked after an error, whose line must last */
	} else if (j->id != id || j->state == JOB_FREE) {
		e = err_set(ERR_USAGE, "sandbox: no such worker, or waited for twice");
	} else if (j->state == JOB_ENDED) {
		*ret = j->result;
		j->state = JOB_FREE;
	} else {
		e = err_set(ERR_SANDBOX, "sandbox: the zygote is gone");
		j->state = JOB_FREE;
	}
	pthread_mutex_unlock(&s->lock);
	return e;
}

void sandbox_kill(struct sandbox *s, uint32_t id)
{
	struct sandbox_order order = { .op = SANDBOX_OP_KILL, .id = id };
	send_order(s, &order, NULL, 0, NULL, 0);
}

enum err sandbox_wait(struct sandbox *s, uint32_t id, struct sandbox_result *ret) { return wait_for(s, id, UINT64_MAX, ret); }

enum err sandbox_end(struct sandbox *s, uint32_t id, uint64_t ms, struct sandbox_result *ret)
{
	enum err e = wait_for(s, id, ms, ret);
	if (e != ERR_LIMIT)
		return e;
	sandbox_kill(s, id);
	e = sandbox_wait(s, id, ret);
	return e ? e : ERR_LIMIT;
}
