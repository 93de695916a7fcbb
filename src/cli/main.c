#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/table.h"

int cli_fail(enum err e)
{
	const char *line = err_message()[0] ? err_message() : err_text(e);
	struct buf safe = { 0 };
	/* It quotes names of the evidence, which must not steer the terminal. */
	table_safe(&safe, line, strlen(line));
	fprintf(stderr, "%scustos:%s %s\n", cli_style(STDERR_FILENO, STYLE_RED), cli_style(STDERR_FILENO, STYLE_PLAIN), safe.data ? safe.data : err_text(e));
	buf_free(&safe);
	return e == ERR_CANCELLED ? EXIT_CANCELLED : e == ERR_USAGE ? EXIT_USAGE : e == ERR_PASSWORD ? EXIT_PASSWORD : EXIT_FAILED;
}

void cli_warn(const char *path, const char *what)
{
	struct buf line = { 0 }, safe = { 0 };
	buf_printf(&line, "custos: %s%s%s", path ? path : "", path ? ": " : "", what);
	for (size_t i = 0; i < line.size; i++)
		if (line.data[i] == '\n')
			line.data[i] = ' ';
	if (line.data)
		table_safe(&safe, line.data, line.size);
	fprintf(stderr, "%s\n", safe.data ? safe.data : "custos: out of memory");
	buf_free(&line);
	buf_free(&safe);
}

int cli_usage(const struct command *c, const char *format, ...)
{
	va_list args;
	fprintf(stderr, "%scustos %s:%s ", cli_style(STDERR_FILENO, STYLE_RED), c->name, cli_style(STDERR_FILENO, STYLE_PLAIN));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\nusage: custos %s %s\nMore: custos %s --help\n", c->name, c->usage, c->name);
	return EXIT_USAGE;
}

void cli_help(const struct command *c)
{
	printf("%scustos %s%s %s\n\n%s\n\n%s", cli_style(STDOUT_FILENO, STYLE_BOLD), c->name, cli_style(STDOUT_FILENO, STYLE_PLAIN), c->usage, c->about, c->help);
}

const char *cli_style(int fd, enum cli_style s)
{
	static const char *const codes[] = { "\033[0m", "\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[33m", "\033[34m", "\033[36m" };
	const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE");
	bool coloured = force && *force && strcmp(force, "0") != 0;
	return (isatty(fd) || coloured) && !(no && *no) ? codes[s] : "";
}

static void overview(FILE *to)
{
	fprintf(to, "custos %s: examines a seized phone and gives a sealed exhibit that a court can check.\n\n"
		    "usage: custos COMMAND …\n\n", CUSTOS_VERSION);
	for (int i = 0; i < command_count; i++)
		if (!commands[i].hidden)
			fprintf(to, "  %-13s %s\n", commands[i].name, commands[i].about);
	fprintf(to, "\nBegin with:\n  custos examine phone.zip -o phone.exhibit\n  custos show phone.exhibit\n  custos messages phone.exhibit --app WhatsApp\n\n"
		    "custos COMMAND --help tells more of each; man custos tells all.\n");
}

static const struct command *command_find(const char *name)
{
	for (int i = 0; i < command_count; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static bool asks_help(const char *word) { return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0; }

int main(int argc, char **argv)
{
	/* A reader that closes the pipe early (head) is no failure worth a signal's death without a word. */
	signal(SIGPIPE, SIG_IGN);
	/* SQLite takes memory page by page in the thread that writes: an arena of that thread's own would grow by a system call each time. */
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_TOP_PAD, 4 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	if (argc < 2) {
		overview(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("custos %s\n", CUSTOS_VERSION);
		return EXIT_OK;
	}
	bool help = asks_help(argv[1]) || strcmp(argv[1], "help") == 0;
	if (help && argc < 3) {
		overview(stdout);
		return EXIT_OK;
	}
	const struct command *c = command_find(argv[help ? 2 : 1]);
	if (!c) {
		fprintf(stderr, "custos: there is no command '%s'; custos --help lists them\n", argv[help ? 2 : 1]);
		return EXIT_USAGE;
	}
	for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
		help |= asks_help(argv[i]);
	if (help) {
		cli_help(c);
		return EXIT_OK;
	}
	int status = c->run(c, argc - 1, argv + 1);
	if ((fflush(stdout) != 0 || ferror(stdout)) && errno != EPIPE && status == EXIT_OK) {
		err_errno("cannot write the output");
		return cli_fail(ERR_IO);
	}
	return status;
}
