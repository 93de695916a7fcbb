/* bench-metadata FILE…: how many files a second one core reads the metadata of, from memory. */
#include <stdio.h>
#include <stdlib.h>

#include "base/time.h"
#include "media/meta.h"

enum { FILES_MOST = 1000 };

int main(int argc, char **argv)
{
	static struct span files[FILES_MOST];
	static struct media_meta m;
	int count = 0;
	double bytes = 0;
	for (int i = 1; i < argc && count < FILES_MOST; i++) {
		FILE *f = fopen(argv[i], "rb");
		if (!f || fseek(f, 0, SEEK_END) != 0)
			return 1;
		size_t size = (size_t)ftell(f);
		void *p = malloc(size + 1);
		rewind(f);
		if (!p || fread(p, 1, size, f) != size)
			return 1;
		fclose(f);
		files[count++] = span_of(p, size);
		bytes += (double)size;
	}
	if (!count)
		return 1;
	int64_t start = time_now(), now = start;
	long turns = 0;
	for (; now - start < 3000000; now = time_now(), turns++)
		for (int i = 0; i < count; i++)
			media_meta_read(files[i], &m, NULL, NULL);
	double seconds = (double)(now - start) / 1e6;
	printf("%d files, %.1f MB: %.0f files a second, %.2f GB/s\n", count, bytes / 1e6, (double)count * (double)turns / seconds, bytes * (double)turns / seconds / 1e9);
	return 0;
}
