#include "media/video_pixels.h"

#include <stdlib.h>
#include <string.h>

#include <libavutil/cpu.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>

/* The reference sees a frame as libswscale's RGB24 with SWS_AREA and nothing else set: matrix of BT.601 whatever the frame says of itself, and the full
 * range only where the format itself has it (yuvj). Of libswscale's ways it is the plain C: the one that gives the reference's published hashes, bit for bit, and the same on
 * every processor. For 4:2:0 with an even height that is the arithmetic of pdq_rows_yuv; libswscale does the rest itself. */
static const struct pdq_yuv *yuv_of(const AVFrame *f)
{
	if (f->height % 2)
		return NULL;
	return f->format == AV_PIX_FMT_YUV420P ? &pdq_yuv_tv : f->format == AV_PIX_FMT_YUVJ420P ? &pdq_yuv_full : NULL;
}

static void planes_hash(struct pdq_rows *r, const struct pdq_yuv *k, const AVFrame *f)
{
	for (ptrdiff_t y = 0; y < f->height; y++)
		pdq_rows_yuv(r, k, f->data[0] + y * f->linesize[0], f->data[1] + y / 2 * f->linesize[1], f->data[2] + y / 2 * f->linesize[2]);
}

static enum err rgb_hash(struct pixels *p, const AVFrame *f)
{
	int stride = (f->width * 3 + 95) / 64 * 64; /* room for libswscale's last step, so that no column is left out */
	size_t size = (size_t)stride * (size_t)f->height + 64;
	int cpu = av_get_cpu_flags();
	av_force_cpu_flags(0); /* asked when a scaler is made: the plain C */
	p->scaler = sws_getCachedContext(p->scaler, f->width, f->height, f->format, f->width, f->height, AV_PIX_FMT_RGB24, SWS_AREA, NULL, NULL, NULL);
	av_force_cpu_flags(cpu);
	if (!p->scaler)
		return err_set(ERR_UNSUPPORTED, "frames of a format that is not read (%d)", f->format);
	if (size > p->rgb_size) {
		free(p->rgb);
		p->rgb = calloc(1, size);
		p->rgb_size = p->rgb ? size : 0;
	}
	if (!p->rgb)
		return ERR_NOMEM;
	uint8_t *to[4] = { p->rgb };
	const int strides[4] = { stride };
	sws_scale(p->scaler, (const uint8_t *const *)f->data, f->linesize, 0, f->height, to, strides);
	for (int y = 0; y < f->height; y++)
		pdq_rows_rgb(p->rows, p->rgb + (size_t)y * (size_t)stride);
	return OK;
}

static bool frames_equal(const AVFrame *a, const AVFrame *b)
{
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(a->format);
	if (a->width != b->width || a->height != b->height || a->format != b->format || !d || d->flags & (AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL))
		return false;
	int planes = av_pix_fmt_count_planes(a->format);
	for (int i = 0; i < planes; i++) {
		bool chroma = (i == 1 || i == 2) && !(d->flags & AV_PIX_FMT_FLAG_RGB);
		int bytes = av_image_get_linesize(a->format, a->width, i), rows = chroma ? -(-a->height >> d->log2_chroma_h) : a->height;
		if (bytes <= 0)
			return false;
		for (ptrdiff_t y = 0; y < rows; y++)
			if (memcmp(a->data[i] + y * a->linesize[i], b->data[i] + y * b->linesize[i], (size_t)bytes) != 0)
				return false;
	}
	return true;
}

static enum err frame_hash(struct pixels *p, const AVFrame *f)
{
	const struct pdq_yuv *k = yuv_of(f);
	enum err e = OK;
	p->hash = (struct pdq){ { 0 } };
	p->quality = 0;
	if (f->width < PDQ_ROWS_SIDE_LEAST || f->height < PDQ_ROWS_SIDE_LEAST)
		return OK;
	if (!p->rows || p->width != (uint32_t)f->width || p->height != (uint32_t)f->height) {
		pdq_rows_free(p->rows);
		p->rows = NULL;
		p->width = (uint32_t)f->width;
		p->height = (uint32_t)f->height;
		e = pdq_rows_new(p->width, p->height, &p->rows);
	}
	if (!e && k)
		planes_hash(p->rows, k, f);
	else if (!e)
		e = rgb_hash(p, f);
	if (!e)
		pdq_rows_hash(p->rows, &p->hash, &p->quality);
	return e;
}

enum err pixels_hash(struct pixels *p, AVFrame *frame, struct pdq *ret, int *ret_quality, bool *ret_same)
{
	enum err e = OK;
	if (!p->before && !(p->before = av_frame_alloc()))
		return ERR_NOMEM;
	*ret_same = p->before->data[0] && frames_equal(frame, p->before);
	if (!*ret_same) {
		e = frame_hash(p, frame);
		av_frame_unref(p->before);
		if (!e && av_frame_ref(p->before, frame) < 0)
			e = ERR_NOMEM;
	}
	*ret = p->hash;
	*ret_quality = p->quality;
	return e;
}

void pixels_free(struct pixels *p)
{
	pdq_rows_free(p->rows);
	sws_freeContext(p->scaler);
	free(p->rgb);
	av_frame_free(&p->before);
	*p = (struct pixels){ 0 };
}
