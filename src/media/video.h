/* video: the perceptual hash of each frame of a video (vPDQ), out of hostile bytes. For workers in the sandbox.
 *
 * Frames are hashed as the vPDQ reference does: every frame the decoder gives, at its full size, as 8-bit RGB the way libswscale converts it; not turned by what the
 * container says of rotation, with the container's edit list applied. Sources: docs/media.md.
 *
 * FFmpeg's libraries are a hundred shared objects, so they are not linked but loaded: whoever starts a sandbox for video calls video_prepare() once before
 * sandbox_new(); the workers inherit what it loaded and set up.
 */
#ifndef CUSTOS_MEDIA_VIDEO_H
#define CUSTOS_MEDIA_VIDEO_H

#include "base/err.h"
#include "base/span.h"
#include "media/pdq.h"

enum video_container { VIDEO_UNKNOWN, VIDEO_MP4, VIDEO_QUICKTIME, VIDEO_3GP, VIDEO_MATROSKA, VIDEO_WEBM, VIDEO_AVI };

/* By the first bytes (64 are enough). VIDEO_MP4, VIDEO_QUICKTIME and VIDEO_3GP may turn out to hold sound alone. */
enum video_container video_container_of(struct span bytes);
const char *video_container_name(enum video_container c);

enum video_mode {
	VIDEO_EXACT, /* every frame */
	VIDEO_KEYS,  /* key frames only: a prefilter, to be labelled as such. A hit is hashed exactly before it is shown. */
};

/* What ends reading early; 0: the default. What came before stays, and `cut` says which one it was. Also: all packets together hold at most twice the file's
 * bytes and 1 MiB (an edit list can show the same part any number of times). */
struct video_limits {
	uint64_t frames;      /* given; default 1,000,000 */
	uint64_t packets;     /* read from the container, of all tracks; default 8,000,000, and never more than 10,000 and one for each byte */
	uint64_t pixels;      /* of one frame; default 8192 × 8192 */
	uint64_t alloc_bytes; /* one allocation of FFmpeg's libraries; default 256 MiB */
	uint32_t cpu_seconds; /* of the process, asked after each packet; default none */
};

struct video_frame {
	uint64_t number;  /* 0, 1, … in the order of showing. VIDEO_KEYS: how many frames lie before it in the file */
	double at;        /* seconds from the video's begin, by the container's clock; by number and frame rate where there is none */
	bool key;         /* coded without reference to others */
	bool same;        /* pixel for pixel the frame before: its hash was copied */
	int quality;      /* 0 to 100; below PDQ_QUALITY_LEAST not comparable */
	struct pdq hash;
	const uint8_t *grey; /* its brightness, a byte a pixel, until the callback returns; NULL where the decoder gives none such */
	size_t grey_stride;  /* bytes from row to row */
	uint32_t grey_width, grey_height;
};

/* Called for each frame in the order of showing. False stops: ERR_CANCELLED. */
typedef bool video_frame_fn(void *context, const struct video_frame *f);

struct video {
	enum video_container container;
	char codec[24];         /* "h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "h263"; another's name where it is not read */
	uint32_t width, height; /* as coded, not turned */
	double duration;        /* seconds, as the container states; 0: not stated */
	double rate;            /* frames a second, mean; 0: not known */
	uint64_t stated;        /* frames, as the container states; 0: not stated */
	uint64_t frames;        /* given to the callback */
	uint64_t undecoded;     /* packets of the video track that the decoder refused */
	uint64_t mended;        /* frames given that the decoder could not read whole: it filled in what was missing */
	uint64_t hidden;        /* frames that are in the file but that its edit list does not show (where that can be told) */
	uint32_t tracks;        /* of video; the first is read */
	char cut[160];          /* why not all frames were given, "" when all were: damage, a limit */
};

/* Loads what is needed, once; the same answer ever after. Not thread-safe; opens files: never in a worker, before sandbox_new(). ERR_UNSUPPORTED: not installed
 * (the line says which library or module). Costs some 0.1 s and 30 MB of address space shared by all workers. */
enum err video_prepare(void);

/* Decodes and hashes. `limits`: NULL for the defaults. Frames that were given stay given whatever follows: damage in the middle is no error but `cut`.
 * ERR_FORMAT (no video, nothing decoded), ERR_UNSUPPORTED (codec not on the list, or video_prepare() did not load), ERR_LIMIT (dimensions), ERR_NOMEM, ERR_CANCELLED.
 * `ret` is filled as far as known in every case. One at a time a process. */
enum err video_read(struct span bytes, enum video_mode mode, const struct video_limits *limits, video_frame_fn *frame, void *context, struct video *ret);

#endif
