/* How long a picture takes to its hash, against a plain decode by libjpeg-turbo.
 *
 *   picture FILE.jpg…
 *
 * For each file, least CPU time of several turns: exact and triage hashes (reading and hashing), libjpeg-turbo's full decode to RGB; and how far triage, and the short
 * way through JPEG, are from a hash of every decoded row. The last line: means, and the worst distances.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <jpeglib.h>

#include "media/picture.h"

enum { TURNS = 3 };

static float luma[PDQ_SIDE_MOST * PDQ_SIDE_MOST], room[PDQ_SIDE_MOST * PDQ_SIDE_MOST];

static double cpu_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double hashed(struct span bytes, enum picture_mode mode, struct pdq *ret, int *ret_quality)
{
	double best = 1e9;
	for (int i = 0; i < (mode == PICTURE_WHOLE ? 1 : TURNS); i++) {
		struct picture p;
		double begin = cpu_ms();
		if (picture_read(bytes, luma, mode, &p) != OK) {
			printf("%s\n", err_message());
			exit(1);
		}
		pdq_hash(luma, room, p.columns, p.rows, false, ret, ret_quality);
		double ms = cpu_ms() - begin;
		best = ms < best ? ms : best;
	}
	return best;
}

static double decoded(struct span bytes, unsigned *ret_width, unsigned *ret_height)
{
	double best = 1e9;
	for (int i = 0; i < TURNS; i++) {
		struct jpeg_decompress_struct j;
		struct jpeg_error_mgr errors;
		double begin = cpu_ms();
		j.err = jpeg_std_error(&errors);
		jpeg_create_decompress(&j);
		jpeg_mem_src(&j, bytes.start, (unsigned long)span_size(&bytes));
		jpeg_read_header(&j, TRUE);
		jpeg_start_decompress(&j);
		unsigned char *line = malloc((size_t)j.output_width * (size_t)j.output_components);
		while (j.output_scanline < j.output_height) {
			JSAMPROW rows[1] = { line };
			jpeg_read_scanlines(&j, rows, 1);
		}
		*ret_width = j.output_width;
		*ret_height = j.output_height;
		jpeg_finish_decompress(&j);
		jpeg_destroy_decompress(&j);
		free(line);
		double ms = cpu_ms() - begin;
		best = ms < best ? ms : best;
	}
	return best;
}

int main(int argc, char **argv)
{
	double sum[3] = { 0 };
	int worst = 0, worst_exact = 0;
	printf("%-28s %5s %9s %8s %8s %8s %6s %5s\n", "file", "MB", "size", "decode", "exact", "triage", "ratio", "bits");
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		if (!f || fseek(f, 0, SEEK_END) != 0)
			return 1;
		size_t size = (size_t)ftell(f);
		rewind(f);
		unsigned char *data = malloc(size);
		if (!data || fread(data, 1, size, f) != size)
			return 1;
		fclose(f);
		struct span bytes = span_of(data, size);
		struct pdq exact, triage, whole;
		unsigned width, height;
		int quality, quality_whole;
		double d = decoded(bytes, &width, &height), e = hashed(bytes, PICTURE_EXACT, &exact, &quality), t = hashed(bytes, PICTURE_TRIAGE, &triage, &quality);
		hashed(bytes, PICTURE_WHOLE, &whole, &quality_whole);
		int bits = pdq_distance(&whole, &triage), bits_exact = pdq_distance(&whole, &exact);
		const char *name = argv[i];
		for (const char *p = name; *p; p++)
			name = *p == '/' ? p + 1 : name;
		printf("%-28s %5.1f %4ux%-4u %8.1f %8.1f %8.1f %6.2f %5d%s\n", name, (double)size / 1e6, width, height, d, e, t, e / d, bits, bits_exact ? "  NOT EXACT" : "");
		sum[0] += d;
		sum[1] += e;
		sum[2] += t;
		worst = bits > worst ? bits : worst;
		worst_exact = bits_exact > worst_exact ? bits_exact : worst_exact;
		free(data);
	}
	if (argc > 1)
		printf("mean of %d: decode %.1f ms, exact %.1f ms (%.2f), triage %.1f ms; worst distance: triage %d, exact %d\n", argc - 1, sum[0] / (argc - 1), sum[1] / (argc - 1),
		       sum[1] / sum[0], sum[2] / (argc - 1), worst, worst_exact);
	return worst_exact != 0;
}
