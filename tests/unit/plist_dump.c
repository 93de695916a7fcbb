/* plist_dump FILE…: a line for each: its JSON, or "! error". With -k first, NSKeyedArchiver archives are resolved. For plist_real.py. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/plist.h"

static char *file_read(const char *path, size_t *ret_size)
{
	FILE *f = fopen(path, "rb");
	if (!f || fseek(f, 0, SEEK_END) != 0)
		return NULL;
	long size = ftell(f);
	char *bytes = size >= 0 ? malloc((size_t)size + 1) : NULL;
	rewind(f);
	if (bytes)
		*ret_size = fread(bytes, 1, (size_t)size, f);
	fclose(f);
	return bytes;
}

int main(int argc, char **argv)
{
	bool resolve = argc > 1 && strcmp(argv[1], "-k") == 0;
	for (int i = resolve ? 2 : 1; i < argc; i++) {
		size_t size = 0;
		char *bytes = file_read(argv[i], &size);
		struct arena a = arena_make((size_t)1 << 30);
		const struct value *v;
		enum err e = bytes ? plist_read(&a, bytes, size, &v) : ERR_IO;
		if (e == OK && resolve)
			e = nskeyed_resolve(&a, v, &v);
		if (e) {
			printf("! %s: %s\n", err_text(e), err_message());
		} else {
			struct buf out = { 0 };
			value_json(&out, v);
			printf("%s\n", out.data ? out.data : "!");
			buf_free(&out);
		}
		arena_free(&a);
		free(bytes);
	}
	return 0;
}
