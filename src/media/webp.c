/* WebP through libwebp. A still one is read as far as its bytes go; opacity is passed over, as with PNG. */
#include <stdlib.h>

#include <webp/decode.h>
#include <webp/demux.h>

#include "media/canvas.h"
#include "media/picture_inside.h"

/* libwebp holds a picture whole: three or four bytes a pixel, and as much again where it was coded without loss. */
enum { WHOLE_MOST = 100000000 };

static enum err room_check(uint64_t width, uint64_t height)
{
	return width * height <= WHOLE_MOST ? OK : err_set(ERR_LIMIT, "a WebP picture of %llu × %llu is too large", (unsigned long long)width, (unsigned long long)height);
}

static enum err still_read(struct span bytes, uint32_t width, uint32_t height, struct picture *p)
{
	size_t size = span_left(&bytes);
	enum err e = picture_begin(p, width, height);
	e = e ? e : room_check(width, height);
	WebPIDecoder *d = e ? NULL : WebPINewRGB(MODE_RGB, NULL, 0, 0);
	if (!d)
		return e ? e : ERR_NOMEM;
	int last = 0, w, h, stride;
	VP8StatusCode status = WebPIUpdate(d, bytes.at, size);
	const uint8_t *rows = WebPIDecGetRGB(d, &last, &w, &h, &stride);
	if (status == VP8_STATUS_OUT_OF_MEMORY)
		e = ERR_NOMEM;
	else if (!rows && status != VP8_STATUS_SUSPENDED)
		e = err_set(ERR_FORMAT, "the WebP picture is damaged");
	else if (rows && ((uint32_t)w != p->width || (uint32_t)h != p->height))
		e = err_set(ERR_FORMAT, "the WebP picture has two sizes");
	for (uint32_t i = 0; !e && rows && i < p->rows && picture_row(p, i) < (uint32_t)last; i++)
		picture_take(p, i, rows + (size_t)stride * picture_row(p, i), 3);
	p->cut = status != VP8_STATUS_OK;
	WebPIDelete(d);
	return e;
}

/* One frame's picture onto the canvas. Damaged or cut: as far as it goes. */
static enum err frame_read(const WebPIterator *i, struct canvas *c)
{
	uint32_t width = (uint32_t)i->width, height = (uint32_t)i->height;
	enum err e = room_check(width, height);
	WebPIDecoder *d = e ? NULL : WebPINewRGB(MODE_RGBA, NULL, 0, 0);
	if (!d)
		return e ? e : ERR_NOMEM;
	int last = 0, w, h, stride;
	VP8StatusCode status = WebPIUpdate(d, i->fragment.bytes, i->fragment.size);
	const uint8_t *rows = WebPIDecGetRGB(d, &last, &w, &h, &stride);
	if (status == VP8_STATUS_OUT_OF_MEMORY)
		e = ERR_NOMEM;
	else if (rows && (uint32_t)w == width && (uint32_t)h == height)
		for (uint32_t y = 0; y < (uint32_t)last; y++)
			canvas_row(c, (uint32_t)i->x_offset, (uint32_t)i->y_offset + y, width, rows + (size_t)stride * y, NULL, i->blend_method == WEBP_MUX_BLEND);
	c->p->cut |= status != VP8_STATUS_OK;
	WebPIDelete(d);
	return e;
}

static enum err all_read(struct span bytes, struct canvas *c, struct picture *p)
{
	const WebPData data = { bytes.at, span_left(&bytes) };
	WebPDemuxState state;
	WebPIterator i = { 0 };
	WebPDemuxer *d = WebPDemuxPartial(&data, &state);
	if (!d || state <= WEBP_DEMUX_PARSING_HEADER) {
		WebPDemuxDelete(d);
		return err_set(ERR_FORMAT, "the WebP animation is damaged");
	}
	enum err e = picture_begin(p, WebPDemuxGetI(d, WEBP_FF_CANVAS_WIDTH), WebPDemuxGetI(d, WEBP_FF_CANVAS_HEIGHT));
	e = e ? e : canvas_begin(c, p);
	bool more = !e && WebPDemuxGetFrame(d, 1, &i);
	while (!e && more && canvas_may(c, (uint64_t)i.width * (uint64_t)i.height)) {
		e = frame_read(&i, c);
		e = e ? e : canvas_show(c, i.duration / 1000.0);
		if (i.dispose_method == WEBP_MUX_DISPOSE_BACKGROUND)
			canvas_clear(c, (struct canvas_rect){ (uint32_t)i.x_offset, (uint32_t)i.y_offset, (uint32_t)i.width, (uint32_t)i.height });
		more = c->take && WebPDemuxNextFrame(&i);
	}
	p->cut |= c->take && state != WEBP_DEMUX_DONE;
	if (!e && !c->frame.number)
		e = c->stopped ? err_set(ERR_LIMIT, "the picture is too large") : err_set(ERR_FORMAT, "the WebP animation has no frame");
	WebPDemuxReleaseIterator(&i);
	WebPDemuxDelete(d);
	return e;
}

enum err webp_frames(struct span bytes, struct canvas *c, struct picture *p)
{
	WebPBitstreamFeatures f;
	VP8StatusCode status = WebPGetFeatures(bytes.at, span_left(&bytes), &f);
	if (status != VP8_STATUS_OK)
		return err_set(ERR_FORMAT, status == VP8_STATUS_NOT_ENOUGH_DATA ? "the WebP picture ends before its sizes" : "the WebP picture is damaged");
	if (f.has_animation)
		return all_read(bytes, c, p);
	enum err e = still_read(bytes, (uint32_t)f.width, (uint32_t)f.height, p);
	return e || !c->take ? e : c->take(c->context, p, &(struct animation_frame){ 0 });
}
