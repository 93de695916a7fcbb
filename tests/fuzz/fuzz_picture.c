#include <assert.h>
#include <stdlib.h>

#include "media/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static float luma[PDQ_SIDE_MOST * PDQ_SIDE_MOST], room[PDQ_SIDE_MOST * PDQ_SIDE_MOST];

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
	return 0;
}
