/* static: styles, scripts and icons, put into the program when it is built (web/make-static). */
#ifndef CUSTOS_WEB_STATIC_H
#define CUSTOS_WEB_STATIC_H

#include <stddef.h>

struct web_static {
	const char *name, *type;
	const unsigned char *bytes, *gzip; /* gzip NULL: not worth it */
	size_t size, gzip_size;
	const char *etag;                  /* with its quotes */
};

extern const struct web_static web_static[];
extern const int web_static_count;

#endif
