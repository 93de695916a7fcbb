/* cookies: Safari's Cookies.binarycookies. Byte-level notes: docs/formats/binarycookies.md. */
#ifndef CUSTOS_FORMATS_COOKIES_H
#define CUSTOS_FORMATS_COOKIES_H

#include "base/err.h"
#include "base/span.h"

struct cookie {
	struct span url, name, path, value; /* borrowed, without the closing NUL */
	uint32_t flags;                     /* 1 secure, 4 http-only */
	int64_t created_at, expires_at;     /* µs UTC or TIME_NONE */
	uint64_t offset;                    /* of its record in the file */
};

/* Anything but OK stops the reading and is returned. */
typedef enum err cookie_fn(void *context, const struct cookie *c);

/* Gives every readable cookie to `fn`, in the order of the file; damage is passed over and, at the end, the first of it
 * returned: ERR_FORMAT, ERR_TRUNCATED. */
enum err cookies_read(struct span file, cookie_fn *fn, void *context);

#endif
