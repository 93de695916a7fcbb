#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "media/animation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static float luma[PDQ_SIDE_MOST * PDQ_SIDE_MOST], room[PDQ_SIDE_MOST * PDQ_SIDE_MOST];

static enum err frame_take(void *context, struct picture *p, const struct animation_frame *f)
{
	uint32_t *frames = context;
	assert(f->number == (*frames)++ && p->columns <= PDQ_SIDE_MOST && p->rows <= PDQ_SIDE_MOST);
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int mode = PICTURE_EXACT; mode <= PICTURE_TRIAGE; mode += PICTURE_TRIAGE - PICTURE_EXACT) {
		struct picture p;
		struct pdq hashes[PDQ_DIHEDRALS];
		int quality;
		if (picture_read(span_of(data, size), luma, (enum picture_mode)mode, &p) != OK)
			continue;
		assert(p.columns >= 1 && p.columns <= PDQ_SIDE_MOST && p.rows >= 1 && p.rows <= PDQ_SIDE_MOST);
		pdq_hash(luma, room, p.columns, p.rows, true, hashes, &quality);
		assert(quality >= 0 && quality <= 100);
	}
	/* What is passed over changes nothing: with a sound file all ways give the same samples. */
	static float whole[PDQ_SIDE_MOST * PDQ_SIDE_MOST];
	struct picture p, q;
	if (picture_read(span_of(data, size), luma, PICTURE_EXACT, &p) == OK && picture_read(span_of(data, size), whole, PICTURE_WHOLE, &q) == OK && !p.cut && !q.cut)
		assert(memcmp(luma, whole, sizeof *luma * p.rows * p.columns) == 0);
	struct animation_limits limits = { .frames = 8, .pixels = 1 << 20 };
	uint32_t frames = 0;
	bool stopped;
	if (animation_read(span_of(data, size), luma, PICTURE_EXACT, &limits, frame_take, &frames, &p, &stopped) == OK)
		assert(frames >= 1 && frames <= 8);
	return 0;
}
