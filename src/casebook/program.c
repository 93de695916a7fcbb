#include "casebook/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between fork and exec: calls that are safe there alone. */
static void program_become(char *const *arguments, int in, int out, int keep, pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(126);
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); /* also what a library opened */
	if (keep >= 0 && fcntl(keep, F_SETFD, 0))
		_exit(126);
	sigset_t all;
	sigemptyset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	execv(arguments[0], arguments);
	_exit(127);
}

/* All of it is in the pipe before anybody reads: the program can wait for nothing, and the server for nobody. */
static enum err told_open(const char *told, int *ret)
{
	int ends[2];
	size_t size = told ? strlen(told) : 0;
	*ret = -1;
	if (size > PROGRAM_TOLD)
		return err_set(ERR_LIMIT, "too much to tell a program");
	if (!told)
		return (*ret = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0 ? err_errno("/dev/null") : OK;
	if (pipe2(ends, O_CLOEXEC))
		return err_errno("a pipe");
	bool whole = write(ends[1], told, size) == (ssize_t)size;
	close(ends[1]);
	*ret = ends[0];
	return whole ? OK : err_errno("a pipe");
}

enum err program_start(char *const *arguments, const char *told, int keep, pid_t *ret_pid, int *ret_out)
{
	int ends[2], in;
	pid_t parent = getpid();
	enum err e = told_open(told, &in);
	if (!e && pipe2(ends, O_CLOEXEC))
		e = err_errno("a pipe");
	if (e) {
		if (in >= 0)
			close(in);
		return e;
	}
	*ret_pid = fork();
	if (*ret_pid == 0)
		program_become(arguments, in, ends[1], keep, parent);
	close(in);
	close(ends[1]);
	if (*ret_pid < 0) {
		close(ends[0]);
		return err_errno("starting %s", arguments[0]);
	}
	*ret_out = ends[0];
	return OK;
}

int program_end(pid_t pid, int out, bool killed)
{
	int status = 0;
	if (killed)
		kill(pid, SIGKILL);
	close(out);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}
