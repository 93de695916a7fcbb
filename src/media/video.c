#include "media/video.h"

#include <dlfcn.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "media/picture.h"
#include "media/video_inside.h"

enum video_container video_container_of(struct span bytes)
{
	static const char sounds[][5] = { "M4A ", "M4B ", "M4P " }, atoms[][5] = { "moov", "mdat", "wide", "free", "skip", "pnot" };
	size_t head = span_left(&bytes) < 64 ? span_left(&bytes) : 64;
	enum picture_format picture = picture_format_of(bytes);
	const uint8_t *p = span_bytes(&bytes, 12);
	if (!p || picture != PICTURE_UNKNOWN)
		return VIDEO_UNKNOWN;
	if (memcmp(p, "RIFF", 4) == 0 && memcmp(p + 8, "AVI ", 4) == 0)
		return VIDEO_AVI;
	if (memcmp(p, "\x1a\x45\xdf\xa3", 4) == 0) /* EBML: its head names the type of document */
		return memmem(p, head, "webm", 4) ? VIDEO_WEBM : VIDEO_MATROSKA;
	for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++)
		if (memcmp(p + 4, "ftyp", 4) == 0 && memcmp(p + 8, sounds[i], 4) == 0)
			return VIDEO_UNKNOWN;
	if (memcmp(p + 4, "ftyp", 4) == 0)
		return memcmp(p + 8, "3g", 2) == 0 ? VIDEO_3GP : memcmp(p + 8, "qt  ", 4) == 0 ? VIDEO_QUICKTIME : VIDEO_MP4;
	/* Older QuickTime has no such head. Text does not begin with a byte below 32. */
	for (size_t i = 0; i < sizeof atoms / sizeof *atoms; i++)
		if (p[0] < 32 && memcmp(p + 4, atoms[i], 4) == 0)
			return VIDEO_QUICKTIME;
	return VIDEO_UNKNOWN;
}

const char *video_container_name(enum video_container c)
{
	static const char *const names[] = { "unknown", "mp4", "quicktime", "3gp", "matroska", "webm", "avi" };
	return names[c];
}

/* --- the module --- */

static const struct video_module *module;

/* Where custos_video.so is: beside the build when the program runs out of its build folder, else where it is installed. Never a place that the
 * environment names. */
static void *module_open(void)
{
	static const char build[] = CUSTOS_MODULES_BUILD;
	char exe[4096], path[4600];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	exe[n > 0 ? n : 0] = 0;
	if (strncmp(exe, build, sizeof build - 1) == 0 && exe[sizeof build - 1] == '/')
		return dlopen(CUSTOS_MODULES_BUILD "/src/media/custos_video.so", RTLD_NOW | RTLD_LOCAL);
	snprintf(path, sizeof path, "%s/../%s/custos/custos_video.so", n > 0 ? dirname(exe) : ".", CUSTOS_MODULES_LIBDIR);
	if (n > 0 && access(path, R_OK) == 0)
		return dlopen(path, RTLD_NOW | RTLD_LOCAL);
	return dlopen(CUSTOS_MODULES_INSTALLED "/custos/custos_video.so", RTLD_NOW | RTLD_LOCAL);
}

enum err video_prepare(void)
{
	static bool tried;
	static char why[300];
	if (!tried) {
		void *handle = module_open();
		const struct video_module *m = handle ? dlsym(handle, "custos_video") : NULL;
		const char *said = m ? NULL : dlerror();
		tried = true;
		if (m && m->version == VIDEO_MODULE_VERSION && m->prepare() == OK)
			module = m;
		else
			snprintf(why, sizeof why, "video cannot be read: %s", m ? "its module is of another version" : said ? said : "no module");
	}
	return module ? OK : err_set(ERR_UNSUPPORTED, "%s", why);
}

enum err video_read(struct span bytes, enum video_mode mode, const struct video_limits *limits, video_frame_fn *frame, void *context, struct video *ret)
{
	*ret = (struct video){ .container = video_container_of(bytes) };
	if (!module)
		return err_set(ERR_UNSUPPORTED, "video cannot be read: its module is not loaded");
	if (!ret->container)
		return err_set(ERR_FORMAT, "no video of a kind that is read");
	enum err e = module->read(bytes, mode, limits, frame, context, ret);
	return e ? err_set(e, "%s", *module->message() ? module->message() : err_text(e)) : OK;
}
