/* cli: the commands of `custos`. One row of a table declares a command; one file holds it. */
#ifndef CUSTOS_CLI_CLI_H
#define CUSTOS_CLI_CLI_H

#include <stdbool.h>

#include "base/err.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_DIFFERS = 3, EXIT_PASSWORD = 4 /* casebook/runner.c goes by it */, EXIT_CANCELLED = 130 };

struct command {
	const char *name;
	const char *usage;   /* behind the name: "EVIDENCE -o OUT.exhibit [--password TEXT]" */
	const char *about;   /* one line */
	const char *help;    /* options and examples */
	int (*run)(const struct command *c, int argc, char **argv); /* argv[0] is the command's name; returns an exit status */
	bool hidden;         /* reached by another name: not listed */
};

extern const struct command commands[];
extern const int command_count;

/* Prints "custos: …" with err_message() or the err's general text to stderr and gives the exit status for it. */
int cli_fail(enum err e);
/* One line on standard error, "custos: PATH: WHAT" (path NULL: without): nothing in it steers the terminal, and no name can begin a line. */
void cli_warn(const char *path, const char *what);

/* Prints "custos NAME: reason", how to get help, and gives EXIT_USAGE. */
int cli_usage(const struct command *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The whole help of one command, to stdout. */
void cli_help(const struct command *c);

/* Escape sequences, or "" when `fd` is no terminal or NO_COLOR is set. */
enum cli_style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_RED, STYLE_GREEN, STYLE_YELLOW, STYLE_BLUE, STYLE_CYAN };
const char *cli_style(int fd, enum cli_style s);

int cmd_examine(const struct command *c, int argc, char **argv);
int cmd_verify(const struct command *c, int argc, char **argv);
int cmd_manual(const struct command *c, int argc, char **argv);
int cmd_hash(const struct command *c, int argc, char **argv);
int cmd_match(const struct command *c, int argc, char **argv);
int cmd_lists(const struct command *c, int argc, char **argv);
int cmd_recover(const struct command *c, int argc, char **argv);
int cmd_serve(const struct command *c, int argc, char **argv);
int cmd_artifacts(const struct command *c, int argc, char **argv);

#endif
