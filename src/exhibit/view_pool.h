/* view_pool: exhibits that stay open. To open one costs more than most of what is asked of it, so those asked for last are kept; a view is lent to one caller at a time.
 * A sealed file does not change: one that is gone, or has become another, is let go of. Any thread may take and give.
 */
#ifndef CUSTOS_EXHIBIT_VIEW_POOL_H
#define CUSTOS_EXHIBIT_VIEW_POOL_H

#include "exhibit/view.h"

struct view_pool;

/* Keeps at most `most` that are not lent. */
enum err view_pool_new(int most, struct view_pool **ret);
void view_pool_free(struct view_pool *p); /* accepts NULL; nothing may be lent */
/* Lets go of those whose file is not there any more: what was erased is not held on the disk by us. */
void view_pool_look(struct view_pool *p);
/* Errors of view_open. Give it back. */
enum err view_take(struct view_pool *p, const char *path, struct view **ret);
void view_give(struct view_pool *p, struct view *v); /* accepts NULL */

#endif
