/* The container and the decoder are FFmpeg's; what is tried here is what is ours around them. Linked with the module's code, so that no module is loaded. */
#include <assert.h>
#include <stdlib.h>

#include "media/video_inside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
	uint64_t frames, number;
	enum video_mode mode;
};

static bool frame_seen(void *context, const struct video_frame *f)
{
	struct seen *s = context;
	assert(f->quality >= 0 && f->quality <= 100);
	assert(f->at >= 0);
	assert(s->mode == VIDEO_KEYS || f->number == s->frames);
	assert(s->frames || !f->same);
	s->frames++;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct video_limits limits = { .frames = 20, .packets = 200, .pixels = 256 * 256, .alloc_bytes = 8 << 20 };
	static bool ready;
	if (!ready)
		custos_video.prepare();
	ready = true;
	for (int mode = VIDEO_EXACT; mode <= VIDEO_KEYS; mode++) {
		struct seen seen = { .mode = (enum video_mode)mode };
		struct video v;
		if (video_container_of(span_of(data, size)) == VIDEO_UNKNOWN)
			continue;
		enum err e = custos_video.read(span_of(data, size), (enum video_mode)mode, &limits, frame_seen, &seen, &v);
		assert(v.frames == seen.frames);
		assert(e || v.frames);
	}
	return 0;
}
