/* program: another program that works for the server: it ends when the server does, however that ends, has none of its files and sockets, and says what it has to say on one pipe.
 * What nobody may see in a list of processes it is told on its standard input. */
#ifndef CUSTOS_CASEBOOK_PROGRAM_H
#define CUSTOS_CASEBOOK_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

enum { PROGRAM_TOLD = 4096 /* what a pipe holds at the least */ };

/* `arguments` ends with NULL, arguments[0] is the program's path. `told`: all that it finds on its standard input, at most PROGRAM_TOLD bytes; NULL: nothing. `keep`: a descriptor that it
 * inherits, or -1. The calling thread must live as long as it: it is killed with that. */
enum err program_start(char *const *arguments, const char *told, int keep, pid_t *ret_pid, int *ret_out);
/* Waits for its end: the status as waitpid() gives it. `killed`: ends it first. */
int program_end(pid_t pid, int out, bool killed);

#define PROGRAM_WORD(text) ((char *)(uintptr_t)(text)) /* execv() changes none */

#endif
