#include "casebook/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between fork and exec: calls that are safe there alone. */
static void program_become(char *const *arguments, int out, int keep, pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(126);
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC); /* also what a library opened */
	if (keep >= 0 && fcntl(keep, F_SETFD, 0))
		_exit(126);
	int none = open("/dev/null", O_RDONLY);
	if (none < 0 || dup2(none, 0) < 0)
		_exit(126);
	sigset_t all;
	sigemptyset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	execv(arguments[0], arguments);
	_exit(127);
}

enum err program_start(char *const *arguments, int keep, pid_t *ret_pid, int *ret_out)
{
	int ends[2];
	pid_t parent = getpid();
	if (pipe2(ends, O_CLOEXEC))
		return err_errno("a pipe");
	*ret_pid = fork();
	if (*ret_pid == 0)
		program_become(arguments, ends[1], keep, parent);
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
