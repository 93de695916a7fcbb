/* HEIC and AVIF: the container's parts, and the decoders of what lies in them. This room's own. Notes: docs/formats/heif.md. */
#ifndef CUSTOS_MEDIA_HEIF_H
#define CUSTOS_MEDIA_HEIF_H

#include "base/err.h"
#include "base/span.h"
#include "base/text.h"

#define BOX(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

/* The boxes of a file that say what its items are. All bytes are borrowed. */
struct heif {
	struct span file, iinf, iloc, iref, ipco, ipma, idat;
	uint32_t primary;
};

enum err heif_open(struct span file, struct heif *ret);
/* The item's type, 0 when there is none. */
uint32_t heif_item_type(const struct heif *h, uint32_t id);
/* The item's bytes, put together from its extents. `*ret_cut`: the file ends before they do. */
enum err heif_item_bytes(const struct heif *h, uint32_t id, struct buf *ret, bool *ret_cut);
/* The item that the `n`th reference of type 'dimg' of `id` points to; 0 when there is none. */
uint32_t heif_item_part(const struct heif *h, uint32_t id, uint32_t n);
/* The item's `n`th property and its body; false when there are no more. */
bool heif_item_property(const struct heif *h, uint32_t id, uint32_t n, uint32_t *ret_type, struct span *ret);

/* A decoded picture: borrowed planes of 8 or 16 bits a sample. */
struct heif_planes {
	const uint8_t *planes[3];
	ptrdiff_t strides[3]; /* bytes */
	uint32_t width, height;
	unsigned shift_x, shift_y, depth; /* colour has so many fewer samples; significant bits */
	bool grey, full;                  /* all of the range is used */
	unsigned matrix;                  /* as of ISO/IEC 23091-2; 2: not said */
};

typedef void heif_planes_fn(void *context, const struct heif_planes *p);

/* Decodes one picture and hands it over. `config`: body of hvcC or av1C. ERR_FORMAT, ERR_NOMEM. `*ret_cut`: not all of it was there. */
enum err heif_hevc(struct span config, struct span data, heif_planes_fn *take, void *context, bool *ret_cut);
enum err heif_av1(struct span config, struct span data, heif_planes_fn *take, void *context, bool *ret_cut);

/* Largest picture that is decoded in one piece. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
enum { HEIF_PIECE_MOST = 65536 };
#else
enum { HEIF_PIECE_MOST = 100000000 };
#endif

#endif
