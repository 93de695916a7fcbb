/* sandbox-escape: what a hostile file would try, had it taken over the parser that reads it.
 *
 * Each attempt is a function run as a worker's work. It answers CONTAINED (the call failed) or ESCAPED; being killed for it is containment
 * too. Every attempt is first made outside, where it should succeed: an attempt that fails even there proves nothing, and says so.
 * Then come two weaker sandboxes, because the seccomp filter hides whether the layers under it would hold alone. Run as root,
 * all of it is repeated as an ordinary user.
 */
#include "base/sandbox.h"
#include "base/sandbox_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTAINED = 0, ESCAPED = 1 };
enum {
	UNFILTERED = 1, /* must hold without seccomp */
	BARE = 2, /* and without rlimits */
	INSIDE_ONLY = 4, /* would do harm outside */
	FAULTS = 8, /* a kernel may answer it with a segmentation fault */
};

enum { IPC_KEY = 0x637573 };

static char escape_page[8192] __attribute__((aligned(4096)));

struct target { /* the job */
	pid_t parent;
	char path[64], abstract[64];
	uint16_t port;
	char *word; /* in the parent, which the worker descends from: "victim" */
	const char *secret; /* where the environment held one */
};

#define ATTEMPT(name)                                                                                                   \
	static int try_##name(const struct target *t, int evidence, int out);                                           \
	static int name(const void *job, size_t job_size, const int *fds, int fd_count, int out)                        \
	{                                                                                                               \
		struct target t;                                                                                        \
		if (job_size != sizeof t || fd_count != 1)                                                              \
			return 99;                                                                                      \
		memcpy(&t, job, sizeof t);                                                                              \
		return try_##name(&t, fds[0], out);                                                                     \
	}                                                                                                               \
	static int try_##name(const struct target *t __attribute__((unused)), int evidence __attribute__((unused)),     \
			      int out __attribute__((unused)))
/* The raw call: no library between the attempt and the kernel. */
#define CALL(...) return syscall(__VA_ARGS__) >= 0 ? ESCAPED : CONTAINED

/* Files. */
ATTEMPT(open_path) { CALL(SYS_openat, AT_FDCWD, t->path, O_RDONLY); }
ATTEMPT(open_to_write) { CALL(SYS_openat, AT_FDCWD, t->path, O_WRONLY); }
ATTEMPT(open_here) { CALL(SYS_openat, AT_FDCWD, "../../../../etc/passwd", O_RDONLY); }
ATTEMPT(openat_evidence) { CALL(SYS_openat, evidence, "/etc/passwd", O_RDONLY); }
ATTEMPT(openat2_path)
{
	uint64_t how[3] = { O_RDONLY, 0, 0 };
	CALL(437, AT_FDCWD, t->path, how, sizeof how);
}
ATTEMPT(create_file) { CALL(SYS_openat, AT_FDCWD, "/tmp/custos-escape-created", O_CREAT | O_WRONLY, 0600); }
ATTEMPT(read_own_proc) { CALL(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY); }
ATTEMPT(write_own_memory) { CALL(SYS_openat, AT_FDCWD, "/proc/self/mem", O_RDWR); }
ATTEMPT(reopen_evidence) { CALL(SYS_openat, AT_FDCWD, "/proc/self/fd/4", O_RDWR); }
ATTEMPT(parent_environment)
{
	char path[64];
	snprintf(path, sizeof path, "/proc/%d/environ", (int)t->parent);
	CALL(SYS_openat, AT_FDCWD, path, O_RDONLY);
}
ATTEMPT(stat_path)
{
	struct stat info;
	CALL(SYS_newfstatat, AT_FDCWD, t->path, &info, AT_EMPTY_PATH);
}
ATTEMPT(read_link)
{
	char text[256];
	CALL(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", text, sizeof text);
}
ATTEMPT(remove_file) { CALL(SYS_unlinkat, AT_FDCWD, t->path, 0); }
ATTEMPT(make_directory) { CALL(SYS_mkdirat, AT_FDCWD, "/tmp/custos-escape-directory", 0700); }
ATTEMPT(open_by_handle)
{
	/* The old way out of containers: a handle needs no path. 2 is the root of many file systems. */
	struct {
		unsigned size;
		int type;
		uint64_t inode;
	} handle = { 8, 1, 2 };
	CALL(SYS_open_by_handle_at, evidence, &handle, O_RDONLY);
}
ATTEMPT(other_descriptors)
{
	/* Anything open besides 0–2, the pipe and the evidence, and anything there that is a directory or a socket. */
	struct stat info;
	for (int f = 0; f < 4096; f++) {
		if (f == out || f == evidence || fcntl(f, F_GETFD) < 0)
			continue;
		if (f > 4 || (fstat(f, &info) == 0 && (S_ISDIR(info.st_mode) || S_ISSOCK(info.st_mode))))
			return ESCAPED;
	}
	return CONTAINED;
}

/* Evidence. */
ATTEMPT(write_evidence) { CALL(SYS_write, evidence, "X", 1); }
ATTEMPT(pwrite_evidence) { CALL(SYS_pwrite64, evidence, "X", 1, 0); }
ATTEMPT(truncate_evidence) { CALL(SYS_ftruncate, evidence, 0); }
ATTEMPT(chmod_evidence) { CALL(SYS_fchmod, evidence, 0777); }
ATTEMPT(map_evidence_shared)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, evidence, 0);
	return p != MAP_FAILED ? ESCAPED : CONTAINED;
}
ATTEMPT(map_shared_then_write)
{
	char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, evidence, 0);
	return p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_WRITE) == 0 ? ESCAPED : CONTAINED;
}
ATTEMPT(copy_into_evidence) { CALL(SYS_sendfile, evidence, evidence, NULL, 1); }
ATTEMPT(splice_evidence) { CALL(SYS_splice, evidence, NULL, out, NULL, 1, 0); }
ATTEMPT(lock_evidence) { CALL(SYS_flock, evidence, LOCK_EX | LOCK_NB); }
ATTEMPT(evidence_flags) { CALL(SYS_fcntl, evidence, F_SETFL, O_APPEND); }
ATTEMPT(evidence_signals) { CALL(SYS_fcntl, evidence, F_SETOWN, t->parent); }
ATTEMPT(more_descriptors) { CALL(SYS_dup, evidence); }
ATTEMPT(more_by_fcntl) { CALL(SYS_fcntl, evidence, F_DUPFD, 0); }
ATTEMPT(move_parents_offset)
{
	lseek(evidence, 1, SEEK_CUR); /* the parent looks afterwards */
	return CONTAINED;
}

/* Network. */
ATTEMPT(socket_inet) { CALL(SYS_socket, AF_INET, SOCK_STREAM, 0); }
ATTEMPT(socket_unix) { CALL(SYS_socket, AF_UNIX, SOCK_STREAM, 0); }
ATTEMPT(socket_netlink) { CALL(SYS_socket, AF_NETLINK, SOCK_RAW, 0); }
ATTEMPT(socket_packet) { CALL(SYS_socket, AF_PACKET, SOCK_RAW, 0); }
ATTEMPT(socket_pair)
{
	int pair[2];
	CALL(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
}
ATTEMPT(connect_parent)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = t->port, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int s = (int)syscall(SYS_socket, AF_INET, SOCK_STREAM, 0);
	CALL(SYS_connect, s, &a, sizeof a);
}
ATTEMPT(send_datagram) /* which Landlock does not know of: the network namespace alone holds */
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = t->port, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int s = (int)syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0);
	CALL(SYS_sendto, s, "x", 1, 0, &a, sizeof a);
}
ATTEMPT(connect_abstract)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = strlen(t->abstract);
	memcpy(a.sun_path + 1, t->abstract, n);
	int s = (int)syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
	CALL(SYS_connect, s, &a, offsetof(struct sockaddr_un, sun_path) + 1 + n);
}

/* Processes. */
ATTEMPT(exec_shell)
{
	char *argv[] = { (char *)"sh", (char *)"-c", (char *)"exit 1", NULL };
	syscall(SYS_execve, "/bin/sh", argv, NULL);
	return CONTAINED;
}
ATTEMPT(exec_evidence)
{
	char *argv[] = { (char *)"evidence", NULL };
	syscall(SYS_execveat, evidence, "", argv, NULL, AT_EMPTY_PATH);
	return errno == ENOEXEC ? ESCAPED : CONTAINED; /* it holds no program, but was asked */
}
ATTEMPT(fork_child)
{
	long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (child == 0)
		_exit(0);
	return child > 0 ? ESCAPED : CONTAINED;
}
ATTEMPT(clone3_child)
{
	uint64_t a[11] = { 0, 0, 0, 0, SIGCHLD };
	long child = syscall(435, a, 64);
	if (child == 0)
		_exit(0);
	return child > 0 ? ESCAPED : CONTAINED;
}
ATTEMPT(ptrace_parent) { CALL(SYS_ptrace, PTRACE_SEIZE, t->parent, 0, 0); }
ATTEMPT(ptrace_me) { CALL(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0); }
ATTEMPT(read_parents_memory)
{
	char mine[8];
	struct iovec here = { mine, 6 }, there = { t->word, 6 };
	CALL(SYS_process_vm_readv, t->parent, &here, 1, &there, 1, 0);
}
ATTEMPT(write_parents_memory)
{
	char mine[8] = "VICTIM";
	struct iovec here = { mine, 6 }, there = { t->word, 6 };
	CALL(SYS_process_vm_writev, t->parent, &here, 1, &there, 1, 0);
}
ATTEMPT(kill_parent) { CALL(SYS_kill, t->parent, SIGWINCH); }
ATTEMPT(abort_parent) { CALL(SYS_tgkill, t->parent, t->parent, SIGABRT); }
ATTEMPT(kill_all) { CALL(SYS_kill, -1, SIGKILL); }
ATTEMPT(kill_zygote)
{
	/* Process 1 is the zygote: a signal may go out, but must not arrive (the run goes on, or all that follows fails). */
	syscall(SYS_kill, 1, SIGKILL);
	return CONTAINED;
}
ATTEMPT(parents_pidfd) { CALL(434, t->parent, 0); }
ATTEMPT(parents_limits)
{
	struct rlimit r = { 0, 0 };
	CALL(SYS_prlimit64, t->parent, RLIMIT_CORE, &r, NULL);
}
ATTEMPT(parents_priority) { CALL(SYS_setpriority, PRIO_PROCESS, t->parent, 19); }
ATTEMPT(parents_processor)
{
	unsigned long mask = 1;
	CALL(SYS_sched_setaffinity, t->parent, sizeof mask, &mask);
}
ATTEMPT(parents_secrets)
{
	if (getenv("CUSTOS_ESCAPE_SECRET"))
		return ESCAPED;
	return strstr(t->secret, "tell nobody") ? ESCAPED : CONTAINED;
}

/* Memory. */
ATTEMPT(map_executable) { return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED; }
ATTEMPT(map_evidence_executable) { return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, evidence, 0) != MAP_FAILED; }
ATTEMPT(make_executable)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0;
}
ATTEMPT(make_executable_by_key) { CALL(SYS_pkey_mprotect, escape_page, 4096, PROT_READ | PROT_EXEC, -1); }
ATTEMPT(read_implies_exec) { CALL(SYS_personality, READ_IMPLIES_EXEC); }
ATTEMPT(userfault) { CALL(SYS_userfaultfd, 1 /* user mode only */); }
ATTEMPT(memory_file) { CALL(SYS_memfd_create, "x", 0); }
ATTEMPT(shared_memory) { CALL(SYS_shmget, IPC_KEY, 4096, 01600); }
ATTEMPT(message_queue) { CALL(SYS_msgget, IPC_KEY, 01600); }
ATTEMPT(futex_lock_pi)
{
	static int word;
	CALL(SYS_futex, &word, 6 /* FUTEX_LOCK_PI */, 0, NULL, NULL, 0);
}

/* The kernel's larger doors. */
ATTEMPT(io_uring)
{
	char parameters[120] = { 0 };
	CALL(425, 1, parameters);
}
ATTEMPT(old_aio)
{
	unsigned long context = 0;
	CALL(SYS_io_setup, 1, &context);
}
ATTEMPT(bpf_map)
{
	uint32_t a[32] = { 2 /* array */, 4, 4, 1 };
	CALL(SYS_bpf, 0, a, sizeof a);
}
ATTEMPT(perf_events)
{
	uint64_t a[16] = { 1 /* software */ | 128ull << 32 };
	CALL(SYS_perf_event_open, a, 0, -1, -1, 0);
}
ATTEMPT(keyring) { CALL(SYS_keyctl, 0 /* get id */, -3 /* session */, 1); }
ATTEMPT(add_a_key) { CALL(SYS_add_key, "user", "x", "y", 1, -3); }
ATTEMPT(kernel_log) { CALL(SYS_syslog, 10 /* size */, NULL, 0); }
ATTEMPT(load_module) { syscall(SYS_init_module, NULL, 0, ""); return errno == ENOEXEC || errno == EFAULT ? ESCAPED : CONTAINED; }
ATTEMPT(mount_something) { CALL(SYS_mount, "none", "/", "tmpfs", 0, ""); }
ATTEMPT(unmount) { CALL(SYS_umount2, "/proc", MNT_DETACH); }
ATTEMPT(change_root) { CALL(SYS_chroot, "/"); }
ATTEMPT(own_userns) { CALL(SYS_unshare, CLONE_NEWUSER); }
ATTEMPT(own_mountns) { CALL(SYS_unshare, CLONE_NEWNS); }
ATTEMPT(host_name) { CALL(SYS_sethostname, "x", 1); }
ATTEMPT(watch_files) { CALL(SYS_inotify_init1, 0); }
ATTEMPT(event_loop) { CALL(SYS_epoll_create1, 0); }

/* Rights. */
ATTEMPT(become_root) { CALL(SYS_setresuid, 0, 0, 0); }
ATTEMPT(become_root_group) { CALL(SYS_setresgid, 0, 0, 0); }
ATTEMPT(regain_capabilities)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct some[2] = { { 1 << CAP_SYS_ADMIN, 1 << CAP_SYS_ADMIN, 0 }, { 0, 0, 0 } };
	CALL(SYS_capset, &head, some);
}
ATTEMPT(be_dumpable) { CALL(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0); }
ATTEMPT(outlive_parent) { CALL(SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0); }
ATTEMPT(another_filter) { CALL(SYS_seccomp, 2 /* is the action there */, 0, &(uint32_t){ 0x7fff0000 }); }
ATTEMPT(raise_limits)
{
	struct rlimit r;
	if (syscall(SYS_prlimit64, 0, RLIMIT_NPROC, NULL, &r) < 0)
		return CONTAINED;
	r.rlim_max++;
	CALL(SYS_prlimit64, 0, RLIMIT_NPROC, &r, NULL);
}
ATTEMPT(ignore_signals)
{
	/* Blocking the CPU limit's signal must not help: the loop has to end. */
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	for (volatile int go = 1; go;) {
	}
	return ESCAPED;
}

#ifdef __x86_64__
/* The same calls under other numbers. */
ATTEMPT(call_as_32_bit)
{
	long r;
	if (SANDBOX_ASAN)
		signal(SIGSEGV, SIG_DFL); /* else it reports what we expect */
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(359L /* socket */), "b"(1L), "c"(1L), "d"(0L) : "memory");
	return r >= 0 ? ESCAPED : CONTAINED;
}
ATTEMPT(call_as_x32) { CALL(0x40000000 | 39 /* getpid, which is allowed as itself */); }
ATTEMPT(call_negative) { CALL(-2L); }
ATTEMPT(io_ports) { CALL(SYS_iopl, 3); }
ATTEMPT(descriptor_table)
{
	char entry[16] = { 0 };
	CALL(SYS_modify_ldt, 1, entry, sizeof entry);
}
#endif

#define ROW(name, flags) { #name, name, flags }
static const struct attempt {
	const char *name;
	sandbox_fn *fn;
	int flags;
} attempts[] = {
	ROW(open_path, UNFILTERED | BARE),
	ROW(open_to_write, UNFILTERED | BARE),
	ROW(open_here, UNFILTERED | BARE),
	ROW(openat_evidence, UNFILTERED | BARE),
	ROW(openat2_path, UNFILTERED | BARE),
	ROW(create_file, UNFILTERED | BARE),
	ROW(read_own_proc, UNFILTERED | BARE),
	ROW(write_own_memory, UNFILTERED | BARE),
	ROW(reopen_evidence, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(parent_environment, UNFILTERED | BARE),
	ROW(stat_path, UNFILTERED | BARE),
	ROW(read_link, UNFILTERED | BARE),
	ROW(remove_file, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(make_directory, UNFILTERED | BARE),
	ROW(open_by_handle, UNFILTERED | BARE),
	ROW(other_descriptors, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(write_evidence, UNFILTERED | BARE),
	ROW(pwrite_evidence, UNFILTERED | BARE),
	ROW(truncate_evidence, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(chmod_evidence, 0),
	ROW(map_evidence_shared, UNFILTERED | BARE),
	ROW(map_shared_then_write, UNFILTERED | BARE),
	ROW(copy_into_evidence, UNFILTERED | BARE),
	ROW(splice_evidence, 0),
	ROW(lock_evidence, 0),
	ROW(evidence_flags, INSIDE_ONLY),
	ROW(evidence_signals, 0),
	ROW(more_descriptors, UNFILTERED),
	ROW(more_by_fcntl, UNFILTERED),
	ROW(move_parents_offset, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(socket_inet, UNFILTERED),
	ROW(socket_unix, UNFILTERED),
	ROW(socket_netlink, UNFILTERED),
	ROW(socket_packet, UNFILTERED | BARE),
	ROW(socket_pair, UNFILTERED),
	ROW(connect_parent, UNFILTERED | BARE),
	ROW(send_datagram, UNFILTERED | BARE),
	ROW(connect_abstract, UNFILTERED | BARE),
	ROW(exec_shell, UNFILTERED | BARE),
	ROW(exec_evidence, UNFILTERED | BARE),
	ROW(fork_child, UNFILTERED),
	ROW(clone3_child, UNFILTERED),
	ROW(ptrace_parent, UNFILTERED | BARE),
	ROW(ptrace_me, 0),
	ROW(read_parents_memory, UNFILTERED | BARE),
	ROW(write_parents_memory, UNFILTERED | BARE),
	ROW(kill_parent, UNFILTERED | BARE),
	ROW(abort_parent, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(kill_all, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(kill_zygote, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(parents_pidfd, UNFILTERED | BARE),
	ROW(parents_limits, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(parents_priority, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(parents_processor, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(parents_secrets, UNFILTERED | BARE),
	ROW(map_executable, 0),
	ROW(map_evidence_executable, 0),
	ROW(make_executable, 0),
	ROW(make_executable_by_key, 0),
	ROW(read_implies_exec, 0),
	ROW(userfault, UNFILTERED),
	ROW(memory_file, UNFILTERED),
	ROW(shared_memory, 0),
	ROW(message_queue, 0),
	ROW(futex_lock_pi, 0),
	ROW(io_uring, UNFILTERED),
	ROW(old_aio, 0),
	ROW(bpf_map, UNFILTERED),
	ROW(perf_events, UNFILTERED),
	ROW(keyring, 0),
	ROW(add_a_key, 0),
	ROW(kernel_log, 0),
	ROW(load_module, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(mount_something, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(unmount, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(change_root, UNFILTERED | BARE),
	ROW(own_userns, 0),
	ROW(own_mountns, UNFILTERED | BARE),
	ROW(host_name, UNFILTERED | BARE | INSIDE_ONLY),
	ROW(watch_files, UNFILTERED),
	ROW(event_loop, UNFILTERED),
	ROW(become_root, UNFILTERED | BARE),
	ROW(become_root_group, UNFILTERED | BARE),
	ROW(regain_capabilities, UNFILTERED | BARE),
	ROW(be_dumpable, 0),
	ROW(outlive_parent, 0),
	ROW(another_filter, 0),
	ROW(raise_limits, UNFILTERED),
	ROW(ignore_signals, UNFILTERED | INSIDE_ONLY),
#ifdef __x86_64__
	ROW(call_as_32_bit, UNFILTERED | FAULTS),
	ROW(call_as_x32, 0),
	ROW(call_negative, 0),
	ROW(io_ports, UNFILTERED | BARE),
	ROW(descriptor_table, 0),
#endif
};
enum { ATTEMPTS = sizeof attempts / sizeof attempts[0] };

struct score {
	int passed, failed, untried;
};

static char victim[8] = "victim";

/* Whether the attempt succeeds where nothing hinders it. */
static bool succeeds_outside(const struct attempt *a, const struct target *t, int evidence)
{
	int status = 0, tube[2];
	if (pipe(tube) < 0)
		return false;
	pid_t child = fork();
	if (child == 0)
		_exit(a->fn(t, sizeof *t, &evidence, 1, tube[1]));
	close(tube[0]);
	close(tube[1]);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == ESCAPED;
}

static bool world_is_whole(const struct target *t, int evidence, off_t offset)
{
	char bytes[16] = "";
	struct stat info;
	return strcmp(victim, "victim") == 0 && pread(evidence, bytes, 8, 0) == 8 && memcmp(bytes, "evidence", 8) == 0 &&
	       lseek(evidence, 0, SEEK_CUR) == offset && stat(t->path, &info) == 0;
}

static void attempt_all(const char *who, unsigned skip, int needed, struct target t, int evidence, struct score *score)
{
	sandbox_fn *fns[ATTEMPTS];
	struct sandbox *s;
	for (int i = 0; i < ATTEMPTS; i++)
		fns[i] = attempts[i].fn;
	if (sandbox_new_without(fns, ATTEMPTS, skip, &s) != OK) {
		printf("FAILED %s: %s\n", who, err_message());
		score->failed++;
		return;
	}
	printf("%s: %s\n", who, sandbox_layers(s));
	if (skip && (!strstr(sandbox_layers(s), "pidns") || !strstr(sandbox_layers(s), "landlock"))) {
		printf("skipped: without PID namespaces and Landlock the filter is all there is\n");
		sandbox_free(s);
		return;
	}
	fflush(stdout);
	for (int i = 0; i < ATTEMPTS; i++) {
		const struct attempt *a = &attempts[i];
		struct sandbox_result r;
		uint32_t id;
		int out;
		if ((a->flags & needed) != needed)
			continue;
		if (sandbox_start(s, i, &t, sizeof t, &evidence, 1, &(struct sandbox_limits){ 0, 1 }, &out, &id) != OK ||
		    sandbox_wait(s, id, &r) != OK) {
			printf("FAILED %s: %s\n", a->name, err_message());
			score->failed++;
			break;
		}
		close(out);
		bool good = (r.end == SANDBOX_EXITED && r.status == CONTAINED) ||
			    (r.end == SANDBOX_SIGNALLED && (r.status == SIGSYS || strstr(r.reason, "CPU") ||
							      (a->flags & FAULTS && r.status == SIGSEGV)));
		if (good && world_is_whole(&t, evidence, 4)) {
			score->passed++;
		} else {
			score->failed++;
			printf("FAILED %s, %s: %s\n", a->name, who, r.reason);
		}
	}
	sandbox_free(s);
}

/* Each attempt once where nothing hinders it, then away with what it left. */
static void outside(struct target t, struct score *score)
{
	char path[] = "/tmp/custos-escape-XXXXXX";
	int scrap = mkstemp(path);
	if (scrap < 0 || write(scrap, "evidence of many bytes", 22) != 22)
		return;
	unlink(path);
	t.parent = getpid();
	for (int i = 0; i < ATTEMPTS; i++) {
		if (attempts[i].flags & INSIDE_ONLY || succeeds_outside(&attempts[i], &t, scrap))
			continue;
		printf("proves little: %s fails outside too\n", attempts[i].name);
		score->untried++;
	}
	unlink("/tmp/custos-escape-created");
	rmdir("/tmp/custos-escape-directory");
	shmctl(shmget(IPC_KEY, 0, 0), IPC_RMID, NULL);
	msgctl(msgget(IPC_KEY, 0), IPC_RMID, NULL);
	close(scrap);
	memcpy(victim, "victim", 7); /* an attempt outside may have written there */
}

static int run(struct score *score)
{
	struct target t = { .parent = getpid(), .word = victim, .secret = getenv("CUSTOS_ESCAPE_SECRET") };
	char path[] = "/tmp/custos-escape-XXXXXX";
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct sockaddr_un named = { .sun_family = AF_UNIX };
	socklen_t size = sizeof here;
	int evidence = mkstemp(path), tcp = socket(AF_INET, SOCK_STREAM, 0), local = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(t.path, sizeof t.path, "%s", path);
	snprintf(t.abstract, sizeof t.abstract, "custos-escape-%d", (int)getpid());
	memcpy(named.sun_path + 1, t.abstract, strlen(t.abstract));
	/* Writable by all and opened for writing: only the sandbox stands between. */
	if (evidence < 0 || fchmod(evidence, 0666) < 0 || write(evidence, "evidence of many bytes", 22) != 22 ||
	    lseek(evidence, 4, SEEK_SET) != 4 || bind(tcp, (struct sockaddr *)&here, sizeof here) < 0 || listen(tcp, 64) < 0 ||
	    getsockname(tcp, (struct sockaddr *)&here, &size) < 0 ||
	    bind(local, (struct sockaddr *)&named, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(t.abstract))) < 0 ||
	    listen(local, 64) < 0) {
		perror("preparation");
		return 1;
	}
	t.port = here.sin_port;
	printf("as uid %u\n", geteuid());
	outside(t, score);
	attempt_all("all layers", 0, 0, t, evidence, score);
	attempt_all("without seccomp", LAYER_SECCOMP, UNFILTERED, t, evidence, score);
	attempt_all("without seccomp and rlimits", LAYER_SECCOMP | LAYER_RLIMITS, BARE, t, evidence, score);
	unlink(path);
	close(evidence);
	close(tcp);
	close(local);
	fflush(stdout);
	return 0;
}

int main(void)
{
	struct score score = { 0, 0, 0 }, other = { 0, 0, 0 };
	int tube[2], bad;
	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("CUSTOS_ESCAPE_SECRET", "tell nobody", 1);
	bad = run(&score);
	if (geteuid() == 0 && pipe(tube) == 0) {
		pid_t child = fork();
		if (child == 0) {
			/* 65533: not the uid that root's workers take. */
			if (setresgid(65533, 65533, 65533) < 0 || setresuid(65533, 65533, 65533) < 0)
				_exit(1);
			prctl(PR_SET_DUMPABLE, 1); /* as a program started by that user would be */
			bad = run(&other);
			_exit(write(tube[1], &other, sizeof other) != sizeof other || bad);
		}
		close(tube[1]);
		if (read(tube[0], &other, sizeof other) != sizeof other)
			bad = 1;
		waitpid(child, NULL, 0);
	} else {
		printf("skipped: as another user (needs root)\n");
	}
	printf("%d passed, %d failed (%d attempts fail outside too)\n", score.passed + other.passed, score.failed + other.failed + bad,
	       score.untried + other.untried);
	return score.failed + other.failed + bad ? 1 : 0;
}
