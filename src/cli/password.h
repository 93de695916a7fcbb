#ifndef CUSTOS_CLI_PASSWORD_H
#define CUSTOS_CLI_PASSWORD_H

#include <stddef.h>

#include "base/err.h"

/* The first line of a file ("-": standard input), without its newline, into `room`. */
enum err password_read(const char *path, char *room, size_t size);

#endif
