/* HEVC through libde265, AV1 through dav1d: one picture, in this thread alone (a worker may start none). */
#include <errno.h>
#include <string.h>

#include <dav1d/dav1d.h>
#include <libde265/de265.h>

#include "media/heif.h"

enum { STEPS_MOST = 100000 };

/* Refuses pictures too large before memory is taken. */
static int room_give(de265_decoder_context *d, struct de265_image_spec *spec, struct de265_image *image, void *context)
{
	if (spec->width <= 0 || spec->height <= 0 || (int64_t)spec->width * spec->height > HEIF_PIECE_MOST)
		return 0;
	return de265_get_default_image_allocation_functions()->get_buffer(d, spec, image, context);
}

static void room_take(de265_decoder_context *d, struct de265_image *image, void *context)
{
	de265_get_default_image_allocation_functions()->release_buffer(d, image, context);
}

/* The parameter sets that stand in the configuration: arrays of NAL units. */
static unsigned config_push(de265_decoder_context *d, struct span s)
{
	span_skip(&s, 21);
	unsigned width = (span_u8(&s) & 3) + 1, arrays = span_u8(&s);
	for (unsigned i = 0; i < arrays && span_ok(&s); i++) {
		span_skip(&s, 1);
		for (uint32_t count = span_be16(&s); count && span_ok(&s); count--) {
			struct span nal = span_take(&s, span_be16(&s));
			if (span_ok(&nal) && span_left(&nal))
				de265_push_NAL(d, nal.at, (int)span_left(&nal), 0, NULL);
		}
	}
	return width;
}

enum err heif_hevc(struct span config, struct span data, heif_planes_fn *take, void *context, bool *ret_cut)
{
	struct de265_image_allocation room = { room_give, room_take };
	de265_decoder_context *d = de265_new_decoder();
	if (!d)
		return ERR_NOMEM;
	de265_set_image_allocation_functions(d, &room, NULL);
	unsigned width = config_push(d, config);
	while (span_left(&data) > width) {
		uint64_t size = span_be(&data, width), left = span_left(&data);
		*ret_cut |= size > left;
		size = size > left ? left : size;
		const uint8_t *nal = span_bytes(&data, size);
		if (nal && size && size <= INT32_MAX)
			de265_push_NAL(d, nal, (int)size, 0, NULL);
	}
	de265_error result = de265_flush_data(d);
	int more = 1;
	for (int i = 0; i < STEPS_MOST && more && de265_isOK(result); i++)
		result = de265_decode(d, &more);
	while (de265_get_warning(d) != DE265_OK)
		*ret_cut = true;
	const struct de265_image *image = de265_get_next_picture(d);
	enum err e = image ? OK : err_set(ERR_FORMAT, "the HEVC picture cannot be decoded: %s", de265_isOK(result) ? "it is not there" : de265_get_error_text(result));
	if (!e) {
		enum de265_chroma chroma = de265_get_chroma_format(image);
		struct heif_planes p = { .grey = chroma == de265_chroma_mono, .depth = (unsigned)de265_get_bits_per_pixel(image, 0) };
		int stride = 0;
		for (int i = 0; i < (p.grey ? 1 : 3); i++) {
			p.planes[i] = de265_get_image_plane(image, i, &stride);
			p.strides[i] = stride;
		}
		p.width = (uint32_t)de265_get_image_width(image, 0);
		p.height = (uint32_t)de265_get_image_height(image, 0);
		p.shift_x = chroma == de265_chroma_420 || chroma == de265_chroma_422;
		p.shift_y = chroma == de265_chroma_420;
		p.full = de265_get_image_full_range_flag(image);
		p.matrix = (unsigned)de265_get_image_matrix_coefficients(image);
		if (!p.grey && de265_get_bits_per_pixel(image, 1) != (int)p.depth)
			e = err_set(ERR_UNSUPPORTED, "brightness and colour of different depth");
		else
			take(context, &p);
	}
	de265_free_decoder(d);
	return e;
}

enum err heif_av1(struct span config, struct span data, heif_planes_fn *take, void *context, bool *ret_cut)
{
	Dav1dSettings s;
	Dav1dContext *d = NULL;
	Dav1dData in = { 0 };
	Dav1dPicture out = { 0 };
	span_skip(&config, 4); /* behind them the sequence header, which mostly stands in the data too */
	size_t before = span_left(&config), size = span_left(&data);
	dav1d_default_settings(&s);
	s.n_threads = 1;
	s.max_frame_delay = 1;
	s.all_layers = 0;
	s.frame_size_limit = HEIF_PIECE_MOST;
	s.logger.callback = NULL;
	if (!size)
		return err_set(ERR_FORMAT, "the AV1 picture cannot be decoded: it is not there");
	if (dav1d_open(&d, &s) < 0)
		return ERR_NOMEM;
	uint8_t *room = dav1d_data_create(&in, before + size);
	int result = room ? 0 : -ENOMEM;
	if (room) {
		if (before)
			memcpy(room, config.at, before);
		memcpy(room + before, data.at, size);
	}
	bool got = false;
	for (int i = 0; i < STEPS_MOST && !got && (result == 0 || result == -EAGAIN); i++) {
		bool sent = false;
		if (in.sz) {
			size_t left = in.sz;
			result = dav1d_send_data(d, &in);
			sent = in.sz < left;
		}
		if (result == 0 || result == -EAGAIN) {
			result = dav1d_get_picture(d, &out);
			got = result == 0;
		}
		if (!got && !sent)
			break;
	}
	*ret_cut |= got && result < 0;
	enum err e = got ? OK : result == -ENOMEM ? ERR_NOMEM : err_set(ERR_FORMAT, "the AV1 picture cannot be decoded");
	if (got) {
		struct heif_planes p = { .width = (uint32_t)out.p.w, .height = (uint32_t)out.p.h, .depth = (unsigned)out.p.bpc };
		p.grey = out.p.layout == DAV1D_PIXEL_LAYOUT_I400;
		p.shift_x = out.p.layout == DAV1D_PIXEL_LAYOUT_I420 || out.p.layout == DAV1D_PIXEL_LAYOUT_I422;
		p.shift_y = out.p.layout == DAV1D_PIXEL_LAYOUT_I420;
		p.full = out.seq_hdr->color_range;
		p.matrix = (unsigned)out.seq_hdr->mtrx;
		for (int i = 0; i < (p.grey ? 1 : 3); i++) {
			p.planes[i] = out.data[i];
			p.strides[i] = out.stride[i > 0];
		}
		take(context, &p);
		dav1d_picture_unref(&out);
	}
	dav1d_data_unref(&in);
	dav1d_close(&d);
	return e;
}
