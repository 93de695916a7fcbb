/* meta: what a picture or video says of itself. For workers in the sandbox; own parsers, no library.
 *
 * The first bytes decide the kind: JPEG, PNG, WebP, GIF, TIFF (DNG), HEIC and AVIF, MP4 (MOV, 3GP), Matroska (WebM).  Any of it may be a lie: whoever
 * has the file can write it.  Nothing here judges that; docs/media-metadata.md says where each property lies in each format, and
 * docs/media-survival.md which of them a platform leaves in a file.
 *
 * A part that is damaged, runs beyond the end or beyond a limit is a note, and the rest is read all the same.
 */
#ifndef CUSTOS_MEDIA_META_H
#define CUSTOS_MEDIA_META_H

#include "base/err.h"
#include "base/span.h"
#include "base/time.h"

enum meta_kind { META_NONE, META_JPEG, META_PNG, META_WEBP, META_GIF, META_TIFF, META_HEIF, META_AVIF, META_MP4, META_MATROSKA };

enum { META_DETAIL_MOST = 8192, META_NOTES_MOST = 32 };

/* Texts are valid UTF-8 without control characters, cut at a character where too long, "" when absent. A bare value: no pointer, may be copied and
 * sent as it is. */
struct media_meta {
	enum meta_kind kind;
	uint16_t orientation;   /* EXIF's 1 to 8: how to turn it for display; 0 when not said. Of a video: from its track's matrix */
	uint32_t width, height; /* pixels as stored, before turning; 0 when not said */
	double duration;        /* seconds; NaN when not said */

	char make[64], model[96];
	char serial[64];    /* the camera body's serial number */
	char unique_id[64]; /* EXIF ImageUniqueID, Apple's content identifier (one for a live photo's picture and video). Some makers write the same in every picture */
	char software[128]; /* what the file says made or edited it */
	char encoder[128];  /* what its coding tells: quantisation tables, muxer, codec's name */

	int64_t taken_at;     /* µs UTC, or TIME_NONE: only where the file says UTC or the zone */
	char taken_local[40]; /* as the file has it, ISO form "2024-01-31T12:33:44.567", without zone; "" when the file has none */
	char zone[8];         /* of taken_local: "+01:00", "Z"; "" when the file does not say */
	char taken_from[32];  /* which property taken_at is from, else taken_local: "exif:DateTimeOriginal", "quicktime:creationdate", "mvhd" … */
	int64_t gps_at;       /* µs UTC, the satellites' time stamp (of the last fix, maybe older than the picture), or TIME_NONE */
	int64_t modified_at;  /* µs UTC, or TIME_NONE */

	double latitude, longitude; /* degrees, WGS 84 as a rule; both or neither; NaN when absent */
	double altitude;            /* metres, negative below sea level; NaN when absent */
	double direction;           /* degrees the camera looked at; NaN when absent */
	double accuracy;            /* metres, horizontal; NaN when absent */

	/* Further properties: one JSON object, name → text, number, true, or a list of these; names as docs/media-metadata.md has them. "{}" when none.
	 * `"cut": true` in it: there were more than there is room for. */
	char detail[META_DETAIL_MOST];
	unsigned notes; /* how many there were */
};

/* `offset`: bytes from the start of the file (of the segment, for what several segments hold). `reason` is borrowed for the call. */
typedef void meta_note_fn(void *context, uint64_t offset, const char *reason);

/* Reads. `note` may be NULL; it is called at most META_NOTES_MOST times, the last time to say that there are more.
 * ERR_UNSUPPORTED: none of the kinds above (*ret is empty then, never undefined). ERR_NOMEM. Bad evidence is never an err. */
enum err media_meta_read(struct span bytes, struct media_meta *ret, meta_note_fn *note, void *context);

/* By the first bytes (64 are enough); "jpeg", "heif", … */
enum meta_kind meta_kind_of(struct span bytes);
const char *meta_kind_name(enum meta_kind k);

#endif
