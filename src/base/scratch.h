/* scratch: nameless files for what is too large for memory. They are gone with their last descriptor, also after a crash. */
#ifndef CUSTOS_BASE_SCRATCH_H
#define CUSTOS_BASE_SCRATCH_H

#include <stddef.h>

#include "base/err.h"

/* The folder to use: `wanted`, else $TMPDIR, else /var/tmp. */
const char *scratch_folder(const char *wanted);

/* A read-write descriptor on a new nameless file in scratch_folder(wanted). ERR_ACCESS, ERR_SPACE, ERR_NOT_FOUND, ERR_IO; err_message() names the folder. */
enum err scratch_open(const char *wanted, int *ret_fd);

/* Appends. ERR_SPACE says where and what to do. */
enum err scratch_write(int fd, const void *bytes, size_t size);

#endif
