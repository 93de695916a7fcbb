/* err: how an operation fails.
 *
 * Library code returns one negative `enum err` and, where it knows more, leaves one line of context with err_set():
 * what happened, to which file, what to do.  It never prints and never exits.  Bad evidence is not an err but a note
 * (see examine/): an err means that the operation as a whole did not happen.
 */
#ifndef CUSTOS_BASE_ERR_H
#define CUSTOS_BASE_ERR_H

#define ERR_LIST(X)                                                              \
	X(ERR_NOMEM, -1, "out of memory")                                        \
	X(ERR_IO, -2, "input/output error")                                      \
	X(ERR_NOT_FOUND, -3, "not found")                                        \
	X(ERR_ACCESS, -4, "permission denied")                                   \
	X(ERR_FORMAT, -5, "not of the expected format")                          \
	X(ERR_TRUNCATED, -6, "ends too early")                                   \
	X(ERR_LIMIT, -7, "beyond a limit")                                       \
	X(ERR_UNSUPPORTED, -8, "not supported")                                  \
	X(ERR_PASSWORD, -9, "password missing or wrong")                         \
	X(ERR_EXISTS, -10, "exists already")                                     \
	X(ERR_USAGE, -11, "wrong usage")                                         \
	X(ERR_CANCELLED, -12, "cancelled")                                       \
	X(ERR_SANDBOX, -13, "sandbox could not be built")                        \
	X(ERR_SQL, -14, "SQL error")                                             \
	X(ERR_CHANGED, -15, "changed")                                           \
	X(ERR_SPACE, -16, "no space left")                                       \
	X(ERR_BUSY, -17, "busy")                                                 \
	X(ERR_OFFLINE, -18, "not reachable")

enum err {
	OK = 0,
#define ERR_ENUM(name, number, text) name = number,
	ERR_LIST(ERR_ENUM)
#undef ERR_ENUM
};

/* Sets this thread's line of context and returns `e`, so that `return err_set(ERR_IO, …)` reads well. */
enum err err_set(enum err e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same for a failed system call: maps `errno` to an err (ENOSPC → ERR_SPACE, EACCES → ERR_ACCESS, ENOENT →
 * ERR_NOT_FOUND, ENOMEM → ERR_NOMEM, else ERR_IO) and appends ": " and its text. */
enum err err_errno(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The general text of `e` ("not found"). Never NULL. */
const char *err_text(enum err e);

/* This thread's last line of context; "" when none. Valid until the next err_set on this thread. */
const char *err_message(void);

#endif
