#ifndef CUSTOS_CASEBOOK_LOG_INSIDE_H
#define CUSTOS_CASEBOOK_LOG_INSIDE_H

#include "casebook/log.h"

enum { LOG_SALT = 16 };

enum err log_entry_write(struct buf *out, int64_t number, const struct log_event *e, int64_t clock_back, const unsigned char *detail);

#endif
