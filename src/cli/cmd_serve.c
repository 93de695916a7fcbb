/* custos serve and custos casebook: become custosd, which lies beside it in a build and in LIBEXECDIR/custos once installed. The environment has no say in which. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

/* The server's path, made of this program's own. */
static enum err server_find(char *own, size_t own_room, char *ret, size_t room)
{
	ssize_t n = readlink("/proc/self/exe", own, own_room - 1);
	if (n <= 0)
		return err_errno("/proc/self/exe");
	own[n] = 0;
	int beside = n > 15 && strcmp(own + n - 15, "/src/cli/custos") == 0 ? snprintf(ret, room, "%.*s/src/web/custosd", (int)n - 15, own) : snprintf(ret, room, "%s", CUSTOS_LIBEXEC "/custosd");
	if (beside <= 0 || (size_t)beside >= room)
		return err_set(ERR_LIMIT, "%s: the path is too long", own);
	return access(ret, X_OK) ? err_errno("%s: the server was not built or installed", ret) : OK;
}

int cmd_serve(const struct command *c, int argc, char **argv)
{
	static char name[] = "custosd", program[] = "--program";
	char own[PATH_MAX], server[PATH_MAX];
	enum err e = server_find(own, sizeof own, server, sizeof server);
	char **arguments = e ? NULL : calloc((size_t)argc + 4, sizeof *arguments);
	if (!arguments)
		return cli_fail(e ? e : ERR_NOMEM);
	arguments[0] = name;
	arguments[1] = program;
	arguments[2] = own;
	bool named = strcmp(c->name, "serve") != 0;
	memcpy(arguments + 3, argv + !named, (size_t)(argc - !named) * sizeof *arguments);
	execv(server, arguments);
	e = err_errno("%s", server);
	free(arguments);
	return cli_fail(e);
}
