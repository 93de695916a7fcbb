#include "media/name.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/time.h"

enum { NAME_MOST = 255 };
#define YEAR_2005 INT64_C(1104537600000000)
#define DAY INT64_C(86400000000)

/* How an id tells a time. */
enum scheme { PLAIN, TIKTOK, INSTAGRAM, TWITTER, DISCORD };
enum clock { LOCAL, UTC };

/* A pattern is letters (their case does not matter) and:
 *   %Y %m %d %H %M %S %L   year (four digits), month, day, hour, minute, second, milliseconds (three)
 *   %g  hour of one or two digits     %p  " AM", " PM" or nothing
 *   %s  Unix seconds (ten digits)     %l  Unix milliseconds (thirteen)
 *   %I  a number of 15 to 20 digits: the post's id      %i  of 5 to 20: the picture's id
 *   %c  counter, up to nine digits    %N  any digits
 *   %h  32 hexadecimal digits, %u a UUID, %v ByteDance's name of a video: the picture's id
 *   %a  app's name, to the end        %t  nothing more, or what cameras, editors and copies put behind ("~2", "_001", " (1)", ".MP")
 *   %*  anything
 * Every part takes as much as it can; none gives back. */
struct grammar {
	const char *platform, *kind; /* kind NULL: photo, video or sound by the extension */
	const char *folders;         /* one of these must be in the path before the name; NULL: any path */
	const char *pattern, *extensions;
	enum name_confidence confidence;
	enum clock clock;
	const char *means;
	enum scheme scheme;
};

#define PHOTO "jpg|jpeg|png|heic|heif|webp|gif|dng|avif"
#define VIDEO "mp4|mov|3gp|webm|mkv|m4v"
#define SOUND "opus|ogg|m4a|aac|amr|mp3|wav|caf"
#define MEDIA PHOTO "|" VIDEO
#define ANY MEDIA "|" SOUND

static const struct grammar grammars[] = {
	{ "whatsapp", "photo", NULL, "IMG-%Y%m%d-WA%c%t", PHOTO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "video", NULL, "VID-%Y%m%d-WA%c%t", VIDEO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "voice", NULL, "PTT-%Y%m%d-WA%c%t", SOUND, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "audio", NULL, "AUD-%Y%m%d-WA%c%t", SOUND, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "sticker", NULL, "STK-%Y%m%d-WA%c%t", "webp", NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "document", NULL, "DOC-%Y%m%d-WA%c%t", "*", NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "photo", NULL, "WhatsApp Image %Y-%m-%d at %g.%M.%S%p%t", PHOTO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "video", NULL, "WhatsApp Video %Y-%m-%d at %g.%M.%S%p%t", VIDEO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "audio", NULL, "WhatsApp Audio %Y-%m-%d at %g.%M.%S%p%t", SOUND, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "voice", NULL, "WhatsApp Ptt %Y-%m-%d at %g.%M.%S%p%t", SOUND, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "photo", NULL, "%c-PHOTO-%Y-%m-%d-%H-%M-%S%t", PHOTO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "video", NULL, "%c-VIDEO-%Y-%m-%d-%H-%M-%S%t", VIDEO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "audio", NULL, "%c-AUDIO-%Y-%m-%d-%H-%M-%S%t", SOUND, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", "sticker", NULL, "%c-STICKER-%Y-%m-%d-%H-%M-%S%t", "webp", NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "whatsapp", NULL, "whatsapp.shared/message/media/|/message/media/", "%u%t", ANY, NAME_LIKELY, UTC, NULL, PLAIN },

	{ "snapchat", NULL, NULL, "Snapchat-%N%t", MEDIA, NAME_CERTAIN, UTC, NULL, PLAIN },
	{ "snapchat", NULL, NULL, "%Y-%m-%d_%u-main%t", MEDIA, NAME_CERTAIN, UTC, "taken", PLAIN },
	{ "snapchat", NULL, NULL, "%Y-%m-%d_%u-overlay%t", MEDIA, NAME_CERTAIN, UTC, "taken", PLAIN },

	{ "tiktok", "video", NULL, "%v%t", VIDEO, NAME_CERTAIN, UTC, NULL, PLAIN },
	{ "tiktok", NULL, NULL, "ssstik.io_%l%t", ANY, NAME_LIKELY, UTC, "saved", PLAIN },
	{ "tiktok", NULL, NULL, "snaptik_%I%t", MEDIA, NAME_LIKELY, UTC, "posted", TIKTOK },
	{ "tiktok", NULL, NULL, "snaptik.app_%I%t", MEDIA, NAME_LIKELY, UTC, "posted", TIKTOK },
	{ "tiktok", NULL, NULL, "tiktok_%I%t", MEDIA, NAME_LIKELY, UTC, "posted", TIKTOK },
	{ "tiktok", NULL, "tiktok|musically|/ss.android.ugc", "%I%t", MEDIA, NAME_LIKELY, UTC, "posted", TIKTOK },
	{ "tiktok", NULL, "tiktok|musically|/ss.android.ugc", "%h%t", MEDIA, NAME_LIKELY, UTC, NULL, PLAIN },

	{ "instagram", "photo", "/instagram/", "IMG_%Y%m%d_%H%M%S_%L%t", PHOTO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "instagram", "video", "/instagram/", "VID_%Y%m%d_%H%M%S_%L%t", VIDEO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "instagram", NULL, NULL, "%Y-%m-%d_%H-%M-%S_UTC%t", MEDIA, NAME_LIKELY, UTC, "posted", PLAIN },
	{ "instagram", NULL, "instagram", "%I_%N%t", MEDIA, NAME_LIKELY, UTC, "posted", INSTAGRAM },
	{ "instagram", NULL, NULL, "snapinsta.app_%*", MEDIA, NAME_LIKELY, UTC, NULL, PLAIN },
	{ "facebook or instagram", "photo", NULL, "%N_%i_%N_n%t", "jpg|jpeg|webp|heic", NAME_LIKELY, UTC, NULL, PLAIN },
	{ "facebook or instagram", "photo", NULL, "%N_%i_%N_o%t", "jpg|jpeg|webp|heic", NAME_LIKELY, UTC, NULL, PLAIN },

	{ "facebook", "photo", NULL, "FB_IMG_%l%t", PHOTO, NAME_CERTAIN, UTC, "saved", PLAIN },
	{ "facebook", "video", NULL, "FB_VID_%l%t", VIDEO, NAME_LIKELY, UTC, "saved", PLAIN },
	{ "messenger", NULL, NULL, "received_%i%t", ANY, NAME_CERTAIN, UTC, NULL, PLAIN },
	{ "messenger", NULL, NULL, "Messenger_creation_%*", MEDIA, NAME_CERTAIN, UTC, NULL, PLAIN },

	{ "twitter", NULL, "twitter", "%I%t", MEDIA, NAME_LIKELY, UTC, "posted", TWITTER },
	{ "twitter", NULL, NULL, "twitter_%I%t", MEDIA, NAME_LIKELY, UTC, "posted", TWITTER },
	{ "discord", NULL, "discord", "%I%t", MEDIA, NAME_LIKELY, UTC, "posted", DISCORD },

	{ "telegram", "photo", NULL, "photo_%Y-%m-%d_%H-%M-%S%t", PHOTO, NAME_LIKELY, LOCAL, "saved", PLAIN },
	{ "telegram", "video", NULL, "video_%Y-%m-%d_%H-%M-%S%t", VIDEO, NAME_LIKELY, LOCAL, "saved", PLAIN },
	{ "telegram", "voice", NULL, "audio_%Y-%m-%d_%H-%M-%S%t", SOUND, NAME_LIKELY, LOCAL, "saved", PLAIN },
	{ "telegram", "photo", NULL, "photo_%c@%d-%m-%Y_%H-%M-%S%t", PHOTO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "telegram", "video", NULL, "video_%c@%d-%m-%Y_%H-%M-%S%t", VIDEO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "telegram", "voice", NULL, "audio_%c@%d-%m-%Y_%H-%M-%S%t", SOUND, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "telegram", "photo", "/telegram/", "IMG_%Y%m%d_%H%M%S_%L%t", PHOTO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "telegram", "video", "/telegram/", "VID_%Y%m%d_%H%M%S_%L%t", VIDEO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "telegram", NULL, "org.telegram.|/telegram/", "-%i_%N%t", ANY, NAME_LIKELY, UTC, NULL, PLAIN },
	{ "telegram", NULL, "org.telegram.|/telegram/", "%N_%i%t", ANY, NAME_LIKELY, UTC, NULL, PLAIN },

	{ "signal", NULL, NULL, "signal-%Y-%m-%d-%H-%M-%S-%L%t", ANY, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "signal", NULL, NULL, "signal-%Y-%m-%d-%H-%M-%S%t", ANY, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "signal", NULL, NULL, "signal-%Y-%m-%d-%H%M%S%t", ANY, NAME_CERTAIN, LOCAL, "saved", PLAIN },

	{ "wechat", NULL, NULL, "mmexport%l%t", MEDIA, NAME_CERTAIN, UTC, "saved", PLAIN },
	{ "wechat", NULL, NULL, "mmexport%h_%l%t", MEDIA, NAME_CERTAIN, UTC, "saved", PLAIN },
	{ "wechat", NULL, NULL, "mmexport%h%t", MEDIA, NAME_CERTAIN, UTC, NULL, PLAIN },
	{ "wechat", NULL, NULL, "wx_camera_%l%t", MEDIA, NAME_CERTAIN, UTC, "taken", PLAIN },
	{ "viber", "photo", NULL, "viber_image_%Y-%m-%d_%H-%M-%S-%L%t", PHOTO, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "viber", "photo", NULL, "IMG-%h-V%t", PHOTO, NAME_LIKELY, UTC, NULL, PLAIN },
	{ "line", NULL, NULL, "LINE_%l%t", MEDIA, NAME_CERTAIN, UTC, "saved", PLAIN },
	{ "kakaotalk", NULL, NULL, "KakaoTalk_%Y%m%d_%H%M%S%L%t", MEDIA, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "skype", "photo", NULL, "Skype_Picture_%Y_%m_%dT%H_%M_%S_%LZ%t", PHOTO, NAME_CERTAIN, UTC, "saved", PLAIN },
	{ "reddit", NULL, NULL, "RDT_%Y%m%d_%H%M%S%N%t", MEDIA, NAME_CERTAIN, LOCAL, "saved", PLAIN },
	{ "capcut", "video", NULL, "lv_%N_%Y%m%d%H%M%S%t", VIDEO, NAME_LIKELY, LOCAL, "saved", PLAIN },
	{ "inshot", NULL, NULL, "InShot_%Y%m%d_%H%M%S%L%t", MEDIA, NAME_CERTAIN, LOCAL, "saved", PLAIN },

	{ "android", "screenshot", NULL, "Screenshot_%Y%m%d-%H%M%S_%a", PHOTO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "android", "screenshot", NULL, "Screenshot_%Y%m%d-%H%M%S%t", PHOTO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "android", "screenshot", NULL, "Screenshot_%Y%m%d_%H%M%S_%a", PHOTO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "android", "screenshot", NULL, "Screenshot_%Y%m%d_%H%M%S%t", PHOTO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "android", "screenshot", NULL, "Screenshot_%Y-%m-%d-%H-%M-%S-%L_%a", PHOTO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "android", "screenshot", NULL, "Screenshot_%Y-%m-%d-%H-%M-%S_%a", PHOTO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "android", "screenshot", NULL, "Screenshot_%Y-%m-%d-%H-%M-%S%t", PHOTO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "apple", "screenshot", NULL, "Screenshot %Y-%m-%d at %g.%M.%S%p%t", PHOTO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "apple", "screenshot", NULL, "Screen Shot %Y-%m-%d at %g.%M.%S%p%t", PHOTO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "apple", "recording", NULL, "RPReplay_Final%s%t", VIDEO, NAME_CERTAIN, UTC, "saved", PLAIN },
	{ "samsung", "recording", NULL, "Screen_Recording_%Y%m%d_%H%M%S_%a", VIDEO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "samsung", "recording", NULL, "Screen_Recording_%Y%m%d-%H%M%S_%a", VIDEO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "android", "recording", NULL, "screen-%Y%m%d-%H%M%S%t", VIDEO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "xiaomi", "recording", NULL, "Screenrecorder-%Y-%m-%d-%H-%M-%S-%L%t", VIDEO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "xiaomi", "recording", NULL, "Screenrecorder-%Y-%m-%d-%H-%M-%S%t", VIDEO, NAME_CERTAIN, LOCAL, "taken", PLAIN },

	{ "pixel", NULL, NULL, "PXL_%Y%m%d_%H%M%S%L%t", MEDIA, NAME_CERTAIN, UTC, "taken", PLAIN },
	{ "android", "photo", NULL, "MVIMG_%Y%m%d_%H%M%S%t", PHOTO, NAME_CERTAIN, LOCAL, "taken", PLAIN },
	{ "android", "photo", NULL, "IMG_%Y%m%d_%H%M%S%t", PHOTO, NAME_LIKELY, LOCAL, "taken", PLAIN },
	{ "android", "video", NULL, "VID_%Y%m%d_%H%M%S%t", VIDEO, NAME_LIKELY, LOCAL, "taken", PLAIN },
	{ "android", "photo", NULL, "IMG%Y%m%d%H%M%S%t", PHOTO, NAME_LIKELY, LOCAL, "taken", PLAIN },
	{ "android", "video", NULL, "VID%Y%m%d%H%M%S%t", VIDEO, NAME_LIKELY, LOCAL, "taken", PLAIN },
	{ "samsung", NULL, NULL, "%Y%m%d_%H%M%S%t", MEDIA, NAME_LIKELY, LOCAL, "taken", PLAIN },
	{ "apple", NULL, "apple/", "IMG_E%c%t", MEDIA, NAME_CERTAIN, LOCAL, NULL, PLAIN },
	{ "apple", NULL, "apple/", "IMG_%c%t", MEDIA, NAME_CERTAIN, LOCAL, NULL, PLAIN },
	{ "apple", NULL, NULL, "IMG_E%c%t", "heic|jpg|jpeg|mov", NAME_LIKELY, LOCAL, NULL, PLAIN },
	{ "apple", NULL, NULL, "IMG_%c%t", "heic|mov", NAME_LIKELY, LOCAL, NULL, PLAIN },
};

/* What a pattern has found so far. */
struct found {
	int year, month, day, hour, minute, second, milli;
	bool afternoon, morning, day_known, clock_known, milli_known, instant_known;
	int64_t instant; /* µs UTC */
	enum name_precision instant_precision;
	uint64_t id;
};

static size_t digit_run(const char *p)
{
	size_t n = 0;
	while (p[n] >= '0' && p[n] <= '9')
		n++;
	return n;
}

static bool fixed_number(const char **p, size_t width, int *ret)
{
	*ret = 0;
	for (size_t i = 0; i < width; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		*ret = *ret * 10 + (**p - '0');
	}
	return true;
}

static bool whole_number(const char *p, size_t n, uint64_t *ret)
{
	uint64_t v = 0;
	for (size_t i = 0; i < n; i++)
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, (uint64_t)(p[i] - '0'), &v))
			return false;
	*ret = v;
	return true;
}

/* A run of digits of `least` to `most`, kept as text too. */
static bool id_take(const char **p, size_t least, size_t most, char *out, size_t size, uint64_t *ret)
{
	size_t n = digit_run(*p);
	if (n < least || n > most || n >= size || !whole_number(*p, n, ret))
		return false;
	memcpy(out, *p, n);
	out[n] = 0;
	*p += n;
	return true;
}

static bool keep(const char **p, size_t n, struct media_name *ret)
{
	if (n >= sizeof ret->media_id)
		return false;
	memcpy(ret->media_id, *p, n);
	ret->media_id[n] = 0;
	*p += n;
	return true;
}

static bool hex_take(const char **p, struct media_name *ret)
{
	size_t n = 0;
	while (isxdigit((unsigned char)(*p)[n]))
		n++;
	return n == 32 && keep(p, n, ret);
}

static bool uuid_take(const char **p, struct media_name *ret)
{
	for (size_t i = 0; i < 36; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? (*p)[i] != '-' : !isxdigit((unsigned char)(*p)[i]))
			return false;
	return keep(p, 36, ret);
}

/* "v", eleven more with "g" and "0000" in their places, and twenty of 0-9 a-v: "v09044g40000" and twenty more. */
static bool video_take(const char **p, struct media_name *ret)
{
	size_t n = strspn(*p, "0123456789abcdefghijklmnopqrstuv");
	if (n != 32 || (*p)[0] != 'v' || (*p)[1] < '0' || (*p)[1] > '9' || (*p)[6] != 'g' || memcmp(*p + 8, "0000", 4) != 0)
		return false;
	return keep(p, n, ret);
}

static bool instant_take(const char **p, size_t width, int64_t per_second, struct found *f)
{
	uint64_t v;
	if (digit_run(*p) != width || !whole_number(*p, width, &v))
		return false;
	*p += width;
	f->instant = time_from((int64_t)v, per_second, 0);
	f->instant_precision = per_second == 1 ? NAME_SECOND : NAME_MILLISECOND;
	f->instant_known = true;
	return true;
}

static bool app_take(const char **p, struct media_name *ret)
{
	size_t n = strlen(*p);
	if (!n || n >= sizeof ret->app)
		return false;
	if (digit_run(*p) == n) /* a number of several screenshots */
		return false;
	memcpy(ret->app, *p, n + 1);
	*p += n;
	return true;
}

static bool part_match(char what, const char **p, struct found *f, struct media_name *ret)
{
	uint64_t number;
	size_t n;
	switch (what) {
	case 'Y': f->day_known = true; return fixed_number(p, 4, &f->year);
	case 'm': return fixed_number(p, 2, &f->month);
	case 'd': return fixed_number(p, 2, &f->day);
	case 'H': f->clock_known = true; return fixed_number(p, 2, &f->hour);
	case 'g': f->clock_known = true; return fixed_number(p, digit_run(*p) == 1 ? 1 : 2, &f->hour);
	case 'M': return fixed_number(p, 2, &f->minute);
	case 'S': return fixed_number(p, 2, &f->second);
	case 'L': f->milli_known = true; return fixed_number(p, 3, &f->milli);
	case 'p':
		f->morning = strncasecmp(*p, " am", 3) == 0;
		f->afternoon = strncasecmp(*p, " pm", 3) == 0;
		*p += f->morning || f->afternoon ? 3 : 0;
		return true;
	case 's': return instant_take(p, 10, 1, f);
	case 'l': return instant_take(p, 13, 1000, f);
	case 'I': return id_take(p, 15, 20, ret->post_id, sizeof ret->post_id, &f->id);
	case 'i': return id_take(p, 5, 20, ret->media_id, sizeof ret->media_id, &f->id);
	case 'c':
		n = digit_run(*p);
		if (!n || n > 9 || !whole_number(*p, n, &number))
			return false;
		ret->counter = (int64_t)number;
		*p += n;
		return true;
	case 'N':
		n = digit_run(*p);
		*p += n;
		return n > 0;
	case 'h': return hex_take(p, ret);
	case 'u': return uuid_take(p, ret);
	case 'v': return video_take(p, ret);
	case 'a': return app_take(p, ret);
	case 't':
		if (**p && !strchr("._-~( ", **p))
			return false;
		*p += strlen(*p);
		return true;
	case '*': *p += strlen(*p); return true;
	default: return false;
	}
}

static bool pattern_match(const char *pattern, const char *stem, struct found *f, struct media_name *ret)
{
	for (; *pattern; pattern++) {
		if (*pattern == '%') {
			if (!part_match(*++pattern, &stem, f, ret))
				return false;
		} else if (tolower((unsigned char)*pattern) == tolower((unsigned char)*stem)) {
			stem++;
		} else {
			return false;
		}
	}
	return !*stem;
}

/* `text` is, whole and whatever its case, one of "a|b|c". */
static bool one_of(const char *list, const char *text)
{
	size_t n = strlen(text);
	while (n && *list) {
		size_t width = strcspn(list, "|");
		if ((width == n && strncasecmp(list, text, n) == 0) || (width == 1 && *list == '*'))
			return true;
		list += width + (list[width] == '|');
	}
	return false;
}

/* One of "a|b|c" is in the first `size` bytes of `path`. */
static bool in_folders(const char *list, const char *path, size_t size)
{
	while (*list) {
		size_t width = strcspn(list, "|");
		for (size_t i = 0; i + width <= size; i++)
			if (strncasecmp(path + i, list, width) == 0)
				return true;
		list += width + (list[width] == '|');
	}
	return false;
}

/* The moment that a platform's id carries, or TIME_NONE. */
static int64_t id_moment(enum scheme scheme, uint64_t id)
{
	if (id > INT64_MAX)
		return TIME_NONE;
	switch (scheme) {
	case TIKTOK: return time_from((int64_t)(id >> 32), 1, 0);
	case INSTAGRAM: return time_from((int64_t)(id >> 23) + 1314220021721, 1000, 0);
	case TWITTER: return time_from((int64_t)(id >> 22) + 1288834974657, 1000, 0);
	case DISCORD: return time_from((int64_t)(id >> 22) + 1420070400000, 1000, 0);
	default: return TIME_NONE;
	}
}

static bool likely_moment(int64_t at) { return at >= YEAR_2005 && at <= time_now() + DAY; }

/* Puts the time together. False: what stood there is no date, or the id is none of that platform's. */
static bool settle(const struct grammar *g, const struct found *f, struct media_name *ret)
{
	int64_t at = TIME_NONE;
	enum name_precision precision = NAME_NO_TIME;
	if (g->scheme != PLAIN) {
		at = id_moment(g->scheme, f->id);
		precision = g->scheme == TIKTOK ? NAME_SECOND : NAME_MILLISECOND;
		if (!likely_moment(at))
			return false;
	} else if (f->instant_known) {
		at = f->instant;
		precision = f->instant_precision;
	} else if (f->day_known) {
		char text[40];
		int hour = f->hour;
		if ((f->morning || f->afternoon) && hour >= 1 && hour <= 12)
			hour = hour % 12 + (f->afternoon ? 12 : 0);
		snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", f->year, f->month, f->day, hour, f->minute, f->second, f->milli);
		/* 31 February reads as March: whoever named it so was no clock */
		char back[40];
		if (hour > 23 || f->second > 59 || !time_parse(text, &at) || strncmp(time_iso(at, back, sizeof back), text, 10) != 0)
			return false;
		precision = !f->clock_known ? NAME_DAY : f->milli_known ? NAME_MILLISECOND : NAME_SECOND;
	}
	if (!likely_moment(at))
		return true;
	ret->at = at;
	ret->precision = precision;
	ret->at_local = g->clock == LOCAL;
	ret->at_means = g->means;
	return true;
}

static const char *kind_of(const char *extension)
{
	return one_of(PHOTO, extension) ? "photo" : one_of(VIDEO, extension) ? "video" : one_of(SOUND, extension) ? "audio" : "file";
}

static void blank(struct media_name *ret) { *ret = (struct media_name){ .at = TIME_NONE, .counter = -1 }; }

bool media_name_read(const char *path, struct media_name *ret)
{
	char stem[NAME_MOST + 1];
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
	blank(ret);
	if (!dot || dot == name || (size_t)(dot - name) > NAME_MOST)
		return false;
	memcpy(stem, name, (size_t)(dot - name));
	stem[dot - name] = 0;
	for (size_t i = 0; i < sizeof grammars / sizeof *grammars; i++) {
		const struct grammar *g = &grammars[i];
		struct found f = { 0 };
		if (!one_of(g->extensions, dot + 1) || (g->folders && !in_folders(g->folders, path, (size_t)(name - path))))
			continue;
		if (pattern_match(g->pattern, stem, &f, ret) && settle(g, &f, ret)) {
			ret->platform = g->platform;
			ret->kind = g->kind ? g->kind : kind_of(dot + 1);
			ret->confidence = g->confidence;
			return true;
		}
		blank(ret);
	}
	return false;
}

const char *media_name_confidence(enum name_confidence c) { return c == NAME_CERTAIN ? "certain" : "likely"; }
