#include "base/sandbox.h"
#include "base/sandbox_inside.h"
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct sandbox *box;

/* The work. */

static int work_echo(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	char bytes[256];
	if (job_size > 0 && write(out, job, job_size) != (ssize_t)job_size)
		return 1;
	for (int i = 0; i < fd_count; i++) {
		ssize_t n = read(fds[i], bytes, sizeof bytes);
		if (n < 0 || write(out, bytes, (size_t)n) != n)
			return 2;
	}
	return 7;
}

static int work_crash(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	(void)job, (void)job_size, (void)fds, (void)fd_count, (void)out;
	static volatile int *volatile nowhere; /* volatile: the compiler must not see through it */
	*nowhere = 1;
	return 0;
}

static int work_loop(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	(void)job, (void)job_size, (void)fds, (void)fd_count, (void)out;
	volatile int going = 1;
	while (going) {
	}
	return 0;
}

static int work_sleep(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	(void)job, (void)job_size, (void)fds, (void)fd_count, (void)out;
	for (int i = 0; i < 600; i++)
		sleep(1);
	return 0;
}

static int work_hog(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	(void)job, (void)job_size, (void)fds, (void)fd_count, (void)out;
	for (int i = 0; i < 1024; i++) {
		char *p = malloc(1 << 20);
		if (!p)
			return 42;
		memset(p, i, 1 << 20);
	}
	return 0;
}

static int work_abort(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	(void)job, (void)job_size, (void)fds, (void)fd_count, (void)out;
	abort();
}

static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/* What libraries do in passing must not kill. */
static int work_libc(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	(void)job, (void)job_size, (void)fds, (void)fd_count;
	enum { N = 20000 };
	int *list = malloc(N * sizeof *list);
	struct timespec now;
	time_t t = 0;
	struct tm tm;
	if (!list)
		return 1;
	for (int i = 0; i < N; i++)
		list[i] = (i * 7919) % N;
	qsort(list, N, sizeof *list, compare);
	for (int i = 1; i < N; i++)
		if (list[i - 1] > list[i])
			return 2;
	free(list);
	char *big = malloc(64 << 20);
	big = realloc(big, 128 << 20);
	free(big);
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!localtime_r(&t, &tm) || tm.tm_hour != 0 || mktime(&tm) != 0)
		return 3;
	printf("to nobody\n");
	fflush(stdout);
	if (sysconf(_SC_PAGESIZE) <= 0 || sysconf(_SC_OPEN_MAX) <= 0)
		return 4;
	FILE *f = fdopen(out, "w");
	if (!f || fprintf(f, "%.3f", 1.5) < 0 || fflush(f) != 0)
		return 5;
	return 0;
}

/* Answers the size and the sum of its job. */
static int work_sum(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	(void)fds, (void)fd_count;
	uint64_t answer[2] = { job_size, 0 };
	for (size_t i = 0; i < job_size; i++)
		answer[1] += ((const uint8_t *)job)[i];
	return write(out, answer, sizeof answer) != sizeof answer;
}

static int work_flood(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	(void)job, (void)job_size, (void)fds, (void)fd_count;
	static char block[4096];
	for (;;)
		if (write(out, block, sizeof block) < 0)
			return 1;
}

static int work_nothing(const void *job, size_t job_size, const int *fds, int fd_count, int out)
{
	(void)job, (void)job_size, (void)fds, (void)fd_count, (void)out;
	return 0;
}

enum { ECHO_, CRASH, LOOP, SLEEP, HOG, ABORT, LIBC, SUM, FLOOD, NOTHING };
static sandbox_fn *const fns[] = { work_echo, work_crash, work_loop, work_sleep, work_hog, work_abort,
				   work_libc, work_sum,   work_flood, work_nothing };
enum { FN_COUNT = sizeof fns / sizeof fns[0] };

/* The harness. */

static int count_fds(void)
{
	int n = 0;
	DIR *d = opendir("/proc/self/fd");
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static size_t read_all(int fd, void *bytes, size_t size)
{
	size_t have = 0;
	ssize_t n;
	while (have < size && (n = read(fd, (char *)bytes + have, size - have)) > 0)
		have += (size_t)n;
	return have;
}

static struct sandbox_result run(int fn, const void *job, size_t size, const struct sandbox_limits *limits)
{
	struct sandbox_result r = { .end = SANDBOX_REFUSED, .status = -1 };
	int out;
	uint32_t id;
	char bytes[64];
	enum err e = sandbox_start(box, fn, job, size, NULL, 0, limits, &out, &id);
	CHECK_INT(e, OK);
	if (e != OK) {
		fprintf(stderr, "%s\n", err_message());
		return r;
	}
	read_all(out, bytes, sizeof bytes);
	CHECK_INT(sandbox_wait(box, id, &r), OK);
	close(out);
	return r;
}

TEST(echoes_job_and_descriptors)
{
	char one[] = "/tmp/custos-test-XXXXXX", bytes[64] = { 0 };
	int file = mkstemp(one), tube[2], out;
	uint32_t id;
	struct sandbox_result r;
	CHECK(file >= 0 && pipe(tube) == 0);
	unlink(one);
	CHECK_INT(write(file, "evidence ", 9), 9);
	CHECK_INT(lseek(file, 4, SEEK_SET), 4);
	CHECK_INT(write(tube[1], "from a pipe", 11), 11);
	close(tube[1]);
	CHECK_INT(sandbox_start(box, ECHO_, "job ", 4, (int[]){ file, tube[0] }, 2, NULL, &out, &id), OK);
	CHECK_INT(read_all(out, bytes, sizeof bytes), 24);
	CHECK_TEXT(bytes, "job evidence from a pipe");
	CHECK_INT(sandbox_wait(box, id, &r), OK);
	CHECK_INT(r.end, SANDBOX_EXITED);
	CHECK_INT(r.status, 7);
	CHECK_TEXT(r.reason, "ended with status 7");
	CHECK_INT(lseek(file, 0, SEEK_CUR), 4); /* our own offset stayed */
	CHECK_INT(sandbox_wait(box, id, &r), ERR_USAGE);
	close(out);
	close(file);
	close(tube[0]);
}

TEST(takes_sixteen_descriptors_in_order)
{
	int fds[SANDBOX_FDS_MOST + 1], out;
	char bytes[64] = { 0 };
	uint32_t id;
	struct sandbox_result r;
	for (int i = 0; i <= SANDBOX_FDS_MOST; i++) {
		fds[i] = memfd_create("evidence", MFD_CLOEXEC);
		CHECK_INT(write(fds[i], &"ABCDEFGHIJKLMNOPQ"[i], 1), 1);
	}
	CHECK_INT(sandbox_start(box, ECHO_, NULL, 0, fds, SANDBOX_FDS_MOST, NULL, &out, &id), OK);
	CHECK_INT(read_all(out, bytes, sizeof bytes), 16);
	CHECK_TEXT(bytes, "ABCDEFGHIJKLMNOP");
	CHECK_INT(sandbox_wait(box, id, &r), OK);
	close(out);
	CHECK_INT(sandbox_start(box, ECHO_, NULL, 0, fds, SANDBOX_FDS_MOST + 1, NULL, &out, &id), ERR_USAGE);
	CHECK_INT(sandbox_start(box, FN_COUNT, NULL, 0, fds, 1, NULL, &out, &id), ERR_USAGE);
	CHECK_INT(sandbox_start(box, ECHO_, NULL, 0, (int[]){ -1 }, 1, NULL, &out, &id), ERR_IO);
	for (int i = 0; i <= SANDBOX_FDS_MOST; i++)
		close(fds[i]);
}

TEST(crash_is_a_result)
{
	struct sandbox_result r = run(CRASH, NULL, 0, NULL);
	if (SANDBOX_ASAN) { /* AddressSanitizer turns it into exit status 1, and prints */
		CHECK_INT(r.end, SANDBOX_EXITED);
		CHECK_INT(r.status, 1);
		return;
	}
	CHECK_INT(r.end, SANDBOX_SIGNALLED);
	CHECK_INT(r.status, SIGSEGV);
	CHECK_TEXT(r.reason, "killed by signal 11 (segmentation fault)");
}

TEST(abort_is_named)
{
	struct sandbox_result r = run(ABORT, NULL, 0, NULL);
	CHECK_INT(r.end, SANDBOX_SIGNALLED);
	CHECK_TEXT(r.reason, "killed by signal 6 (abort)");
}

TEST(endless_loop_ends)
{
	struct sandbox_result r = run(LOOP, NULL, 0, &(struct sandbox_limits){ 0, 1 });
	CHECK_INT(r.end, SANDBOX_SIGNALLED);
	CHECK_TEXT(r.reason, "used more than 1 s of CPU");
}

TEST(memory_is_bounded)
{
	if (SANDBOX_ASAN)
		SKIP("RLIMIT_AS does not go with AddressSanitizer");
	struct sandbox_result r = run(HOG, NULL, 0, &(struct sandbox_limits){ 256 << 20, 0 });
	CHECK_INT(r.end, SANDBOX_EXITED);
	CHECK_INT(r.status, 42);
}

TEST(ordinary_library_calls_work)
{
	struct sandbox_result r = run(LIBC, NULL, 0, NULL);
	CHECK_TEXT(r.reason, "ended with status 0");
}

TEST(jobs_of_all_sizes)
{
	size_t sizes[] = { 0, 1, 65535, 65536, 65537, 3 << 20 };
	uint8_t *job = malloc(3 << 20);
	for (size_t i = 0; job && i < 3 << 20; i++)
		job[i] = (uint8_t)(i * 31);
	for (size_t k = 0; job && k < sizeof sizes / sizeof sizes[0]; k++) {
		uint64_t answer[2] = { 0, 0 }, sum = 0;
		int out;
		uint32_t id;
		struct sandbox_result r;
		for (size_t i = 0; i < sizes[k]; i++)
			sum += job[i];
		CHECK_INT(sandbox_start(box, SUM, job, sizes[k], NULL, 0, NULL, &out, &id), OK);
		CHECK_INT(read_all(out, answer, sizeof answer), sizeof answer);
		CHECK_INT(answer[0], sizes[k]);
		CHECK_INT(answer[1], sum);
		CHECK_INT(sandbox_wait(box, id, &r), OK);
		CHECK_INT(r.status, 0);
		close(out);
	}
	int out;
	uint32_t id;
	CHECK_INT(sandbox_start(box, SUM, job, (size_t)SANDBOX_JOB_MOST + 1, NULL, 0, NULL, &out, &id), ERR_LIMIT);
	free(job);
}

TEST(killed_and_waited_for)
{
	int out;
	uint32_t id;
	struct sandbox_result r;
	CHECK_INT(sandbox_start(box, SLEEP, NULL, 0, NULL, 0, NULL, &out, &id), OK);
	sandbox_kill(box, id);
	CHECK_INT(sandbox_wait(box, id, &r), OK);
	CHECK_INT(r.end, SANDBOX_SIGNALLED);
	CHECK_INT(r.status, SIGKILL);
	CHECK_TEXT(r.reason, "stopped: it took too long");
	sandbox_kill(box, id); /* too late: nothing */
	close(out);
	CHECK_INT(run(NOTHING, NULL, 0, NULL).status, 0);
	CHECK_INT(sandbox_wait(box, 12345678, &r), ERR_USAGE);
}

TEST(reader_gone_ends_the_writer)
{
	int out;
	uint32_t id;
	struct sandbox_result r;
	CHECK_INT(sandbox_start(box, FLOOD, NULL, 0, NULL, 0, NULL, &out, &id), OK);
	close(out);
	CHECK_INT(sandbox_wait(box, id, &r), OK);
	CHECK_TEXT(r.reason, "killed by signal 13 (nobody reads its answer)");
}

enum { THREADS = 8, EACH = 64 };

static void *many(void *bad_)
{
	int *bad = bad_, out[EACH], file = memfd_create("evidence", MFD_CLOEXEC);
	uint32_t id[EACH];
	if (write(file, "seen", 4) != 4)
		++*bad;
	/* All at once, and their ends in the opposite order. */
	for (int i = 0; i < EACH; i++)
		if (sandbox_start(box, ECHO_, &i, sizeof i, &file, 1, NULL, &out[i], &id[i]) != OK)
			++*bad;
	for (int i = EACH - 1; i >= 0; i--) {
		char bytes[16];
		struct sandbox_result r;
		if (sandbox_wait(box, id[i], &r) != OK || r.end != SANDBOX_EXITED || r.status != 7 ||
		    read_all(out[i], bytes, sizeof bytes) != sizeof i + 4 || memcmp(bytes, &i, sizeof i) != 0 ||
		    memcmp(bytes + sizeof i, "seen", 4) != 0)
			++*bad;
		close(out[i]);
	}
	close(file);
	return NULL;
}

TEST(many_threads_at_once)
{
	pthread_t t[THREADS];
	int bad[THREADS] = { 0 }, before = count_fds();
	for (int i = 0; i < THREADS; i++)
		CHECK_INT(pthread_create(&t[i], NULL, many, &bad[i]), 0);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		CHECK_INT(bad[i], 0);
	}
	CHECK_INT(count_fds(), before);
}

/* More unread reports than a socket holds: neither side may block on the other. */
TEST(reports_pile_up)
{
	enum { N = 900 };
	static uint32_t id[N];
	struct sandbox_result r;
	int out;
	for (int i = 0; i < N; i++) {
		CHECK_INT(sandbox_start(box, NOTHING, NULL, 0, NULL, 0, NULL, &out, &id[i]), OK);
		close(out);
	}
	for (int i = 0; i < N; i++) {
		CHECK_INT(sandbox_wait(box, id[i], &r), OK);
		CHECK_INT(r.status, 0);
	}
}

/* Each worker holds a pipe's write end, so the pipe ends only when all are dead. */
static bool all_die(int read_end)
{
	struct pollfd p = { read_end, POLLIN, 0 };
	char byte;
	return poll(&p, 1, 5000) == 1 && read(read_end, &byte, 1) == 0;
}

TEST(free_kills_workers)
{
	struct sandbox *other = NULL;
	int tube[2], out;
	uint32_t id;
	CHECK(pipe2(tube, O_CLOEXEC) == 0);
	CHECK_INT(sandbox_new(fns, FN_COUNT, &other), OK);
	for (int i = 0; i < 20; i++) {
		CHECK_INT(sandbox_start(other, i % 2 ? LOOP : SLEEP, NULL, 0, &tube[1], 1, NULL, &out, &id), OK);
		close(out);
	}
	close(tube[1]);
	sandbox_free(other);
	CHECK(all_die(tube[0]));
	close(tube[0]);
	sandbox_free(NULL);
}

TEST(parents_death_kills_workers)
{
	int tube[2], ready[2];
	char byte;
	CHECK(pipe2(tube, O_CLOEXEC) == 0 && pipe2(ready, O_CLOEXEC) == 0);
	pid_t parent = fork();
	if (parent == 0) {
		struct sandbox *own;
		int out;
		uint32_t id;
		close(tube[0]);
		if (sandbox_new(fns, FN_COUNT, &own) != OK)
			_exit(1);
		for (int i = 0; i < 20; i++)
			if (sandbox_start(own, i % 2 ? LOOP : SLEEP, NULL, 0, &tube[1], 1, NULL, &out, &id) != OK)
				_exit(1);
		if (write(ready[1], "r", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(tube[1]);
	close(ready[1]);
	CHECK_INT(read(ready[0], &byte, 1), 1);
	kill(parent, SIGKILL);
	waitpid(parent, NULL, 0);
	CHECK(all_die(tube[0]));
	close(tube[0]);
	close(ready[0]);
}

/* The zygote must not be able to hang its parent by dying. */
TEST(zygotes_death_is_an_error)
{
	struct sandbox *other = NULL;
	int out;
	uint32_t id;
	struct sandbox_result r;
	char path[64], line[64] = "";
	CHECK_INT(sandbox_new(fns, FN_COUNT, &other), OK);
	CHECK_INT(sandbox_start(other, SLEEP, NULL, 0, NULL, 0, NULL, &out, &id), OK);
	/* Our youngest child is the keeper. */
	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	FILE *f = fopen(path, "r");
	pid_t keeper = 0;
	while (f && fscanf(f, "%60s", line) == 1)
		keeper = atoi(line);
	if (f)
		fclose(f);
	if (keeper > 0) {
		kill(keeper, SIGKILL);
		CHECK_INT(sandbox_wait(other, id, &r), ERR_SANDBOX);
		close(out);
		CHECK_INT(sandbox_start(other, SLEEP, NULL, 0, NULL, 0, NULL, &out, &id), ERR_SANDBOX);
		CHECK_INT(out, -1);
	}
	sandbox_free(other);
	if (keeper <= 0)
		SKIP("this kernel does not list a task's children");
}

TEST(cost_of_a_worker)
{
	enum { N = 500 };
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (int i = 0; i < N; i++)
		CHECK_INT(run(NOTHING, NULL, 0, NULL).status, 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	fprintf(stderr, "a worker, start to end: %.3f ms\n",
		((double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6) / N);
}

int main(void)
{
	int before = count_fds();
	enum err e = sandbox_new(fns, FN_COUNT, &box);
	if (e != OK) {
		fprintf(stderr, "%s\n", err_message());
		return 1;
	}
	fprintf(stderr, "layers: %s\n", sandbox_layers(box));
	RUN(echoes_job_and_descriptors);
	RUN(takes_sixteen_descriptors_in_order);
	RUN(crash_is_a_result);
	RUN(abort_is_named);
	RUN(endless_loop_ends);
	RUN(memory_is_bounded);
	RUN(ordinary_library_calls_work);
	RUN(jobs_of_all_sizes);
	RUN(killed_and_waited_for);
	RUN(reader_gone_ends_the_writer);
	RUN(many_threads_at_once);
	RUN(reports_pile_up);
	RUN(free_kills_workers);
	RUN(parents_death_kills_workers);
	RUN(zygotes_death_is_an_error);
	RUN(cost_of_a_worker);
	sandbox_free(box);
	if (count_fds() != before) {
		check_failed++;
		fprintf(stderr, "descriptors leaked: %d, not %d\n", count_fds(), before);
	}
	return check_done();
}
