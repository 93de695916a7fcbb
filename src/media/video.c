#include "media/video.h"

enum video_container video_container_of(struct span bytes)
{
	const uint8_t *p = span_bytes(&bytes, 12);
	if (!p)
		return VIDEO_UNKNOWN;
	if (memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "AVI ", 4) == 0)
		return VIDEO_AVI;
	if (memcmp(p, "\x1a\x45\xdf\xa3", 4) == 0) {
		/* The EBML head names its document type early. */
		size_t left = span_left(&bytes) < 64 ? span_left(&bytes) : 64;
		return memmem(bytes.start, 12 + left, "webm", 4) ? VIDEO_WEBM : VIDEO_MATROSKA;
	}
	if (memcmp(p + 4, "ftyp", 4) == 0) {
		static const char pictures[][5] = { "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis", "M4A ", "M4B ", "crx " };
		for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
			if (memcmp(p + 8, pictures[i], 4) == 0)
				return VIDEO_UNKNOWN;
		return memcmp(p + 8, "3g", 2) == 0 ? VIDEO_3GP : memcmp(p + 8, "qt  ", 4) == 0 ? VIDEO_QUICKTIME : VIDEO_MP4;
	}
	/* Before 2001 the file type was not written: QuickTime's first atoms. */
	static const char atoms[][5] = { "moov", "mdat", "wide", "free", "skip", "pnot" };
	for (size_t i = 0; i < sizeof atoms / sizeof *atoms; i++)
		if (memcmp(p + 4, atoms[i], 4) == 0)
			return VIDEO_QUICKTIME;
	return VIDEO_UNKNOWN;
}

const char *video_container_name(enum video_container c)
{
	static const char *const names[] = { "unknown", "mp4", "quicktime", "3gp", "matroska", "webm", "avi" };
	return names[c];
}

enum err video_prepare(void) { return err_set(ERR_UNSUPPORTED, "video is not read yet"); }

enum err video_read(struct span bytes, enum video_mode mode, const struct video_limits *limits, video_frame_fn *frame, void *context, struct video *ret)
{
	(void)mode, (void)limits, (void)frame, (void)context;
	*ret = (struct video){ .container = video_container_of(bytes) };
	return err_set(ERR_UNSUPPORTED, "video is not read yet");
}
