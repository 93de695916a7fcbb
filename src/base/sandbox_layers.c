/* The layers that are made once, in the keeper and the zygote, and that each worker inherits. */
#include "base/sandbox_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Landlock as of ABI 6, in numbers of our own: the system's header may be older than the kernel. */
struct ruleset {
	uint64_t files, net, scoped;
};

static bool write_text(const char *path, const char *text)
{
	int f = open(path, O_WRONLY | O_CLOEXEC);
	if (f < 0)
		return false;
	bool good = write(f, text, strlen(text)) == (ssize_t)strlen(text);
	close(f);
	return good;
}

static bool drop_to_nobody(void)
{
	return setgroups(0, NULL) == 0 && setresgid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID) == 0 &&
	       setresuid(SANDBOX_UID, SANDBOX_UID, SANDBOX_UID) == 0;
}

/* A user namespace in which we are uid 65534 and have, for the moment, the right to make the other namespaces. */
static bool own_userns(void)
{
	char line[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();
	prctl(PR_SET_DUMPABLE, 1); /* else /proc/self belongs to root and the maps cannot be written */
	if (unshare(CLONE_NEWUSER) < 0)
		return false;
	snprintf(line, sizeof line, "%d %u 1\n", SANDBOX_UID, uid);
	bool good = write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/uid_map", line);
	snprintf(line, sizeof line, "%d %u 1\n", SANDBOX_UID, gid);
	return good && write_text("/proc/self/gid_map", line);
}

static const struct {
	int flag;
	unsigned layer;
} namespaces[] = {
	{ CLONE_NEWNET, LAYER_NETNS },
	{ CLONE_NEWIPC, LAYER_IPCNS },
	{ CLONE_NEWNS, LAYER_ROOT },
	{ CLONE_NEWPID, LAYER_PIDNS },
};

void sandbox_layers_unshare(struct sandbox_plan *plan)
{
	if (!(plan->skip & LAYER_USERNS)) {
		/* Root without the right to make namespaces (a container) is better off as nobody in a user namespace. */
		bool root = geteuid() == 0 && unshare(CLONE_NEWIPC) == 0;
		if (!root && geteuid() == 0 && !drop_to_nobody())
			return;
		if (!root && own_userns())
			plan->layers |= LAYER_USERNS;
	}
	for (size_t i = 0; i < sizeof namespaces / sizeof namespaces[0]; i++)
		if (!(plan->skip & namespaces[i].layer) && unshare(namespaces[i].flag) == 0)
			plan->layers |= namespaces[i].layer;
}

/* An empty, read-only file system in place of the machine's: fstat (which glibc spells as a stat with a path) finds nothing. */
static bool empty_root(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", "/proc", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "size=4k,nr_inodes=2,mode=0555") == 0 &&
	       chdir("/proc") == 0 && syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 && chdir("/") == 0;
}

/* Whether root may become nobody here: not in a container whose user namespace lacks that uid. */
static bool uid_can_drop(void)
{
	int status;
	pid_t child = fork();
	if (child == 0)
		_exit(drop_to_nobody() ? 0 : 1);
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static bool landlock_prepare(struct sandbox_plan *plan, char why[SANDBOX_REASON])
{
	static const uint64_t files[] = { 0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff }; /* by ABI */
	long abi = syscall(444 /* landlock_create_ruleset */, NULL, 0, 1 /* version */);
	if (abi < 1) /* not in this kernel, or switched off when it started */
		return true;
	struct ruleset r = { files[abi < 5 ? abi : 5], abi >= 4 ? 3 : 0 /* bind, connect */, abi >= 6 ? 3 : 0 /* sockets, signals */ };
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	plan->ruleset = (int)syscall(444, &r, size, 0);
	if (plan->ruleset < 0) {
		snprintf(why, SANDBOX_REASON, "Landlock (ABI %ld): %s", abi, strerror(errno));
		return false;
	}
	plan->landlock_abi = (unsigned)abi;
	plan->layers |= LAYER_LANDLOCK;
	return true;
}

bool sandbox_layers_prepare(struct sandbox_plan *plan, char why[SANDBOX_REASON])
{
	/* The kernel should take a worker before anything else when memory runs out. Best effort, before /proc goes. */
	write_text("/proc/self/oom_score_adj", "1000");
	if (plan->layers & LAYER_ROOT && !empty_root())
		plan->layers &= ~(unsigned)LAYER_ROOT;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		snprintf(why, SANDBOX_REASON, "no_new_privs: %s", strerror(errno));
		return false;
	}
	plan->layers |= (LAYER_NNP | LAYER_RLIMITS | LAYER_CAPS) & ~plan->skip;
	if (!(plan->skip & LAYER_UID) && geteuid() == 0 && uid_can_drop())
		plan->layers |= LAYER_UID;
	if (!(plan->skip & LAYER_LANDLOCK) && !landlock_prepare(plan, why))
		return false;
	if (!(plan->skip & LAYER_SECCOMP)) {
		if (!sandbox_filter_new(&plan->filter, why))
			return false;
		plan->layers |= LAYER_SECCOMP;
	}
	return true;
}
