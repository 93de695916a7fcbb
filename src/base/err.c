#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char message[1024];

const char *err_message(void) { return message; }

const char *err_text(enum err e)
{
	switch (e) {
	case OK:
		return "ok";
#define ERR_CASE(name, number, text) \
	case name:                   \
		return text;
		ERR_LIST(ERR_CASE)
#undef ERR_CASE
	}
	return "unknown error";
}

enum err err_set(enum err e, const char *format, ...)
{
	/* The old message may be an argument of the new one, so build aside. */
	char line[sizeof message];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	memcpy(message, line, sizeof message);
	return e;
}

static enum err err_of_errno(int number)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return ERR_SPACE;
	case EACCES:
	case EPERM:
	case EROFS:
		return ERR_ACCESS;
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EEXIST:
		return ERR_EXISTS;
	case ENOMEM:
		return ERR_NOMEM;
	default:
		return ERR_IO;
	}
}

enum err err_errno(const char *format, ...)
{
	int number = errno;
	char line[800];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	return err_set(err_of_errno(number), "%s: %s", line, strerror(number));
}
