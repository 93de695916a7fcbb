/* sample: an invented case in an empty casebook, so that a new user sees what the pages are for (`make run`). */
#ifndef CUSTOS_WEB_SAMPLE_H
#define CUSTOS_WEB_SAMPLE_H

#include "casebook/store.h"

/* An exhibit whose extraction is `evidence` (a path), put into the queue, a person, and a case that holds both together: by an officer who cannot sign in. ERR_EXISTS: the
 * casebook is not empty. */
enum err sample_make(struct store_pool *pool, const char *evidence);

#endif
