/* cookies_dump FILE: a JSON array for each cookie: [url, name, path, value, flags, expires, created] (times in µs). For cookies_real.py. */
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "formats/cookies.h"

static void text_add(struct buf *out, struct span s)
{
	buf_json(out, (const char *)s.start, span_size(&s));
	buf_char(out, ',');
}

static enum err line_print(void *context, const struct cookie *c)
{
	struct buf *out = context;
	buf_clear(out);
	text_add(out, c->url);
	text_add(out, c->name);
	text_add(out, c->path);
	text_add(out, c->value);
	printf("[%s%u,%lld,%lld]\n", out->data, c->flags, (long long)c->expires_at, (long long)c->created_at);
	return OK;
}

int main(int argc, char **argv)
{
	static char bytes[1 << 20];
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	if (!f)
		return 1;
	size_t size = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	struct buf line = { 0 };
	enum err e = cookies_read(span_of(bytes, size), line_print, &line);
	if (e)
		printf("! %s\n", err_message());
	buf_free(&line);
	return 0;
}
