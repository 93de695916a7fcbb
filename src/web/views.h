/* views: open exhibits, lent to one request at a time. Opening one costs more than a page of it, so some stay open. */
#ifndef CUSTOS_WEB_VIEWS_H
#define CUSTOS_WEB_VIEWS_H

#include <stdint.h>

#include "base/err.h"
#include "exhibit/view.h"

struct views;

enum err views_new(int most, struct views **ret);
void views_free(struct views *v); /* accepts NULL; nothing may be lent */
/* Of the exhibit file `id` at `path`. Give it back. Errors of view_open. */
enum err views_take(struct views *v, int64_t id, const char *path, struct view **ret);
void views_give(struct views *v, int64_t id, struct view *view); /* accepts NULL */

#endif
