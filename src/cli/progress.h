/* progress: what a person sees of long work, and how it is stopped. */
#ifndef CUSTOS_CLI_PROGRESS_H
#define CUSTOS_CLI_PROGRESS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* Set by Ctrl-C and the like once cancel_on_signals() was called. */
extern atomic_bool cancelled;
void cancel_on_signals(void);

/* One line on standard error, over the one before: stage, bar, percent, `text`, and how long it will take; `began`: time_now() at the start. */
void progress_bar(const char *stage, double done, int64_t began, const char *text);
/* Takes the line away. */
void progress_clear(void);

/* "12 B", "3.4 MB". */
void size_text(double bytes, char *out, size_t room);

#endif
