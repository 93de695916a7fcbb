/* What video.c asks of the module that FFmpeg's libraries come with. This room's own. */
#ifndef CUSTOS_MEDIA_VIDEO_INSIDE_H
#define CUSTOS_MEDIA_VIDEO_INSIDE_H

#include "media/video.h"

enum { VIDEO_MODULE_VERSION = 2 };

/* The module has its own copy of base and of this room: errors' texts are asked of it. */
struct video_module {
	int version;
	enum err (*prepare)(void);
	enum err (*read)(struct span bytes, enum video_mode mode, const struct video_limits *limits, video_frame_fn *frame, void *context, struct video *ret);
	const char *(*message)(void);
};

/* The one symbol of custos_video.so. */
extern const struct video_module custos_video __attribute__((visibility("default")));

#endif
