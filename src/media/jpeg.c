/* JPEG through libjpeg-turbo. Rows between the samples are passed over before colours are computed; what is sampled is the same. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "media/jpeg_fast.h"

/* A progressive picture of many scans costs time with each: more than this is an attack. */
enum { SCANS_MOST = 200 };

struct reader {
	struct jpeg_decompress_struct jpeg;
	struct jpeg_error_mgr errors;
	struct jpeg_progress_mgr progress;
	jmp_buf back;
	char reason[JMSG_LENGTH_MAX];
	bool cut;
	enum err failed;
};

static void failed(j_common_ptr c)
{
	struct reader *r = c->client_data;
	c->err->format_message(c, r->reason);
	r->failed = c->err->msg_code == 56 /* JERR_OUT_OF_MEMORY */ ? ERR_NOMEM : ERR_FORMAT;
	longjmp(r->back, 1);
}

/* Warnings: the decoder goes on with grey; the end of the bytes is the one that matters. */
static void warned(j_common_ptr c, int level)
{
	struct reader *r = c->client_data;
	if (level < 0)
		r->cut = true;
}

static void scan_counted(j_common_ptr c)
{
	struct reader *r = c->client_data;
	if (c->is_decompressor && r->jpeg.input_scan_number > SCANS_MOST) {
		snprintf(r->reason, sizeof r->reason, "more than %d scans", SCANS_MOST);
		r->failed = ERR_LIMIT;
		longjmp(r->back, 1);
	}
}

/* Four colours, mostly written inverted. */
static void cmyk_to_rgb(uint8_t *pixels, uint32_t width, bool inverted)
{
	for (uint32_t i = 0; i < width; i++) {
		uint8_t *p = pixels + 4 * (size_t)i;
		for (int c = 0; c < 3; c++) {
			unsigned ink = inverted ? p[c] : 255u - p[c], key = inverted ? p[3] : 255u - p[3];
			p[c] = (uint8_t)((ink * key + 127) / 255);
		}
	}
}

static enum err rows_read(struct reader *r, bool whole, struct picture *p, uint8_t *line, uint32_t channels)
{
	struct jpeg_decompress_struct *j = &r->jpeg;
	uint32_t next = 0;
	while (next < p->rows) {
		uint32_t row = picture_row(p, next);
		if (!whole && row > j->output_scanline)
			jpeg_skip_scanlines(j, row - j->output_scanline);
		JSAMPROW lines[1] = { line };
		uint32_t at = j->output_scanline;
		if (jpeg_read_scanlines(j, lines, 1) != 1)
			return err_set(ERR_FORMAT, "the picture ends in row %u of %u", at, p->height);
		if (at < row)
			continue;
		if (channels == 4)
			cmyk_to_rgb(line, p->width, j->saw_Adobe_marker);
		/* A side that is shorter than 512 where the other is longer: one row serves several samples. */
		while (next < p->rows && picture_row(p, next) == row)
			picture_take(p, next++, line, channels);
	}
	return OK;
}

/* The short way (jpeg_fast.h), where samples are taken of a plain file; false: not this one. */
static bool fast_read(struct span bytes, enum picture_mode mode, struct picture *p)
{
	struct jpeg_plan *plan = mode == PICTURE_WHOLE ? NULL : malloc(sizeof *plan);
	bool good = plan && jpeg_plan_make(bytes, plan) && plan->width >= 16 && (plan->width > PDQ_SIDE_MOST || plan->height > PDQ_SIDE_MOST) &&
		    picture_begin(p, plan->width, plan->height) == OK;
	jpeg_samples_fn *samples = jpeg_samples_plain;
#if defined __x86_64__
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		samples = jpeg_samples_avx2;
#endif
	good = good && samples(plan, mode == PICTURE_TRIAGE, p);
	free(plan);
	return good;
}

enum err jpeg_picture(struct span bytes, enum picture_mode mode, struct picture *p)
{
	if (fast_read(bytes, mode, p))
		return OK;
	struct reader *r = calloc(1, sizeof *r);
	uint8_t *volatile line = NULL;
	enum err e = OK;
	if (!r)
		return ERR_NOMEM;
	r->jpeg.err = jpeg_std_error(&r->errors);
	r->errors.error_exit = failed;
	r->errors.emit_message = warned;
	r->jpeg.client_data = r;
	r->progress.progress_monitor = scan_counted;
	if (setjmp(r->back)) {
		e = err_set(r->failed, "%s", r->reason);
	} else {
		size_t size = span_left(&bytes);
		jpeg_create_decompress(&r->jpeg);
		r->jpeg.progress = &r->progress;
		jpeg_mem_src(&r->jpeg, span_bytes(&bytes, size), (unsigned long)size);
		jpeg_read_header(&r->jpeg, TRUE);
		e = picture_begin(p, r->jpeg.image_width, r->jpeg.image_height);
		bool four = r->jpeg.jpeg_color_space == JCS_CMYK || r->jpeg.jpeg_color_space == JCS_YCCK;
		bool grey = r->jpeg.jpeg_color_space == JCS_GRAYSCALE || (mode == PICTURE_TRIAGE && r->jpeg.jpeg_color_space == JCS_YCbCr);
		r->jpeg.out_color_space = four ? JCS_CMYK : grey ? JCS_GRAYSCALE : JCS_RGB;
		if (!e) {
			jpeg_start_decompress(&r->jpeg);
			uint32_t channels = (uint32_t)r->jpeg.output_components;
			line = malloc((size_t)r->jpeg.output_width * channels);
			e = !line ? ERR_NOMEM : rows_read(r, mode == PICTURE_WHOLE, p, line, channels);
		}
	}
	p->cut = r->cut;
	jpeg_destroy_decompress(&r->jpeg);
	free(line);
	free(r);
	return e;
}
