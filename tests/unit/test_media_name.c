/* File names of apps and cameras. Times inside ids are checked with pairs that others published: Discord's and Twitter's documentation of their ids, a post of
 * TikTok (the page said four seconds later: its id is made before it is public) and one of Instagram whose times were read from the page. */
#include "base/text.h"
#include "base/time.h"
#include "check.h"
#include "media/name.h"

struct want {
	const char *path, *platform, *kind, *at; /* at: ISO, "" none; without Z: local */
	const char *post_id, *media_id, *app;
	int64_t counter;
};

static const struct want wants[] = {
	{ "DCIM/IMG-20240131-WA0007.jpg", "whatsapp", "photo", "2024-01-31", "", "", "", 7 },
	{ "IMG-20240131-WA0007 (1).jpg", "whatsapp", "photo", "2024-01-31", "", "", "", 7 },
	{ "VID-20240131-WA0012.mp4", "whatsapp", "video", "2024-01-31", "", "", "", 12 },
	{ "PTT-20240131-WA0001.opus", "whatsapp", "voice", "2024-01-31", "", "", "", 1 },
	{ "DOC-20240131-WA0003.pdf", "whatsapp", "document", "2024-01-31", "", "", "", 3 },
	{ "WhatsApp Image 2024-01-31 at 1.02.03 PM (2).jpeg", "whatsapp", "photo", "2024-01-31T13:02:03", "", "", "", -1 },
	{ "WhatsApp Image 2024-01-31 at 12.02.03 AM.jpeg", "whatsapp", "photo", "2024-01-31T00:02:03", "", "", "", -1 },
	{ "00000012-PHOTO-2024-01-31-12-33-44.jpg", "whatsapp", "photo", "2024-01-31T12:33:44", "", "", "", 12 },
	{ "x/Message/Media/447700900123@s.whatsapp.net/1/2/12345678-1234-4abc-9def-1234567890ab.jpg", "whatsapp", "photo", "", "", "12345678-1234-4abc-9def-1234567890ab", "", -1 },
	{ "Snapchat/Snapchat-771329060.jpg", "snapchat", "photo", "", "", "", "", -1 },
	{ "2024-01-31_12345678-1234-4ABC-9DEF-1234567890AB-main.mp4", "snapchat", "video", "2024-01-31Z", "", "12345678-1234-4ABC-9DEF-1234567890AB", "", -1 },
	{ "v09044g40000bvn6q6a9fs6k3sp1jsog.mp4", "tiktok", "video", "", "", "v09044g40000bvn6q6a9fs6k3sp1jsog", "", -1 },
	{ "Movies/TikTok/6854717870488702213.mp4", "tiktok", "video", "2020-07-29T02:06:13Z", "6854717870488702213", "", "", -1 },
	{ "Movies/TikTok/0123456789abcdef0123456789abcdef.mp4", "tiktok", "video", "", "", "0123456789abcdef0123456789abcdef", "", -1 },
	{ "snaptik_6854717870488702213.mp4", "tiktok", "video", "2020-07-29T02:06:13Z", "6854717870488702213", "", "", -1 },
	{ "Download/Instagram/2384288897814875714_1234567.jpg", "instagram", "photo", "2020-08-26T13:43:27Z", "2384288897814875714", "", "", -1 },
	{ "2024-01-31_12-33-44_UTC_1.jpg", "instagram", "photo", "2024-01-31T12:33:44Z", "", "", "", -1 },
	{ "123456_1234567890123456_7890123_n.jpg", "facebook or instagram", "photo", "", "", "1234567890123456", "", -1 },
	{ "FB_IMG_1706703224567.jpg", "facebook", "photo", "2024-01-31T12:13:44.567Z", "", "", "", -1 },
	{ "received_1234567890123456.jpeg", "messenger", "photo", "", "", "1234567890123456", "", -1 },
	{ "Pictures/Twitter/1541815603606036480.jpg", "twitter", "photo", "2022-06-28T16:07:40.105Z", "1541815603606036480", "", "", -1 },
	{ "discord/175928847299117063.png", "discord", "photo", "2016-04-30T11:18:25.796Z", "175928847299117063", "", "", -1 },
	{ "photo_2024-01-31_12-33-44 (2).jpg", "telegram", "photo", "2024-01-31T12:33:44", "", "", "", -1 },
	{ "photo_7@31-01-2024_12-33-44.jpg", "telegram", "photo", "2024-01-31T12:33:44", "", "", "", 7 },
	{ "data/org.telegram.messenger/cache/-5301234567890123456_121.jpg", "telegram", "photo", "", "", "5301234567890123456", "", -1 },
	{ "signal-2024-01-31-123344.jpg", "signal", "photo", "2024-01-31T12:33:44", "", "", "", -1 },
	{ "signal-2024-01-31-12-33-44-567.mp4", "signal", "video", "2024-01-31T12:33:44.567", "", "", "", -1 },
	{ "mmexport1706703224567.jpg", "wechat", "photo", "2024-01-31T12:13:44.567Z", "", "", "", -1 },
	{ "mmexport880789df193ec7be33fa89e2ba448626_1706703224567.webp", "wechat", "photo", "2024-01-31T12:13:44.567Z", "", "880789df193ec7be33fa89e2ba448626", "", -1 },
	{ "Screenshot_20240131-123344_WhatsApp.jpg", "android", "screenshot", "2024-01-31T12:33:44", "", "", "WhatsApp", -1 },
	{ "Screenshot_2024-01-31-12-33-44-567_com.snapchat.android.jpg", "android", "screenshot", "2024-01-31T12:33:44.567", "", "", "com.snapchat.android", -1 },
	{ "Screenshot_20240131-123344.png", "android", "screenshot", "2024-01-31T12:33:44", "", "", "", -1 },
	{ "RPReplay_Final1706703224.MP4", "apple", "recording", "2024-01-31T12:13:44Z", "", "", "", -1 },
	{ "PXL_20240131_123344567.MP.jpg", "pixel", "photo", "2024-01-31T12:33:44.567Z", "", "", "", -1 },
	{ "IMG_20240131_123344.jpg", "android", "photo", "2024-01-31T12:33:44", "", "", "", -1 },
	{ "20240131_123344~2.jpg", "samsung", "photo", "2024-01-31T12:33:44", "", "", "", -1 },
	{ "DCIM/100APPLE/IMG_1234.JPG", "apple", "photo", "", "", "", "", 1234 },
	{ "IMG_1234.HEIC", "apple", "photo", "", "", "", "", 1234 },
	{ "DCIM/100APPLE/IMG_E1234.MOV", "apple", "video", "", "", "", "", 1234 },
};

TEST(names)
{
	for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
		const struct want *w = &wants[i];
		struct media_name n;
		int before = check_failures;
		CHECK(media_name_read(w->path, &n));
		CHECK_TEXT(n.platform, w->platform);
		CHECK_TEXT(n.kind, w->kind);
		CHECK_TEXT(n.post_id, w->post_id);
		CHECK_TEXT(n.media_id, w->media_id);
		CHECK_TEXT(n.app, w->app);
		CHECK_INT(n.counter, w->counter);
		bool utc = strchr(w->at, 'Z') != NULL;
		char zoneless[40];
		int64_t at = TIME_NONE;
		snprintf(zoneless, sizeof zoneless, "%.*s", (int)strcspn(w->at, "Z"), w->at);
		if (w->at[0])
			CHECK(time_parse(zoneless, &at));
		/* ids tell milliseconds that the published times leave out */
		CHECK_INT(n.at == TIME_NONE || n.precision != NAME_MILLISECOND || strchr(w->at, '.') ? n.at : n.at / 1000000 * 1000000, at);
		CHECK((n.at == TIME_NONE) == (n.precision == NAME_NO_TIME) && (n.at == TIME_NONE) == (n.at_means == NULL));
		CHECK((n.precision == NAME_DAY) == (strlen(zoneless) == 10));
		CHECK(n.at == TIME_NONE || n.at_local == !utc);
		if (check_failures > before)
			fprintf(stderr, "  of %s\n", w->path);
	}
}

TEST(no_names)
{
	/* A bare number is no post; no day 32, no year 1999, no hour 25; nothing without an extension, nothing over-long. */
	static const char *const none[] = {
		"6854717870488702213.mp4", "1541815603606036480.jpg", "0123456789abcdef0123456789abcdef.mp4", "12345678-1234-4abc-9def-1234567890ab.jpg", "IMG-20240132-WA0007.jpg",
		"IMG-20240230-WA0007.jpg", "IMG-20240131-WA.jpg", "IMG-20240131-WA0007.exe", "IMG_20240131_253344.jpg", "holiday.jpg", "IMG_1234.JPG", "image0.jpg", "", ".", "/", "a/b/", ".jpg",
		"Snapchat-.jpg", "Movies/TikTok/99999999999999999999.mp4", "Movies/TikTok/1854717870488702213.mp4", "Movies/TikTok/9223372036854775807.mp4", "photo_2024-13-31_12-33-44.jpg",
		"IMG-20240131-WA9999999999.jpg",
	};
	struct media_name n;
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		bool read = media_name_read(none[i], &n);
		CHECK(!read && !n.platform && n.at == TIME_NONE);
		if (read)
			fprintf(stderr, "  of %s: %s\n", none[i], n.platform);
	}
	static char deep[70000];
	memset(deep, 'a', sizeof deep - 1);
	CHECK(!media_name_read(deep, &n));
	memcpy(deep + sizeof deep - 5, ".jpg", 4);
	CHECK(!media_name_read(deep, &n));
	/* Beyond 2005 and tomorrow: known by its form, without a time. */
	CHECK(media_name_read("FB_IMG_0000000000001.jpg", &n) && n.at == TIME_NONE);
	CHECK(media_name_read("FB_IMG_9999999999999.jpg", &n) && n.at == TIME_NONE);
	CHECK(media_name_read("IMG-19990101-WA0001.jpg", &n) && n.at == TIME_NONE);
}

/* Every name above with every byte changed, and cut everywhere: whatever is said stays within its bounds. */
TEST(damage)
{
	for (size_t i = 0; i < sizeof wants / sizeof *wants; i++) {
		char path[200];
		struct media_name n;
		size_t size = strlen(wants[i].path);
		for (size_t at = 0; at < size; at++)
			for (int c = 1; c < 256; c += 7) {
				memcpy(path, wants[i].path, size + 1);
				path[at] = (char)c;
				if (media_name_read(path, &n))
					CHECK(strlen(n.post_id) < sizeof n.post_id && strlen(n.media_id) < sizeof n.media_id && strlen(n.app) < sizeof n.app && n.platform && n.kind);
				path[at] = 0;
				media_name_read(path, &n);
			}
	}
}

int main(void)
{
	RUN(names);
	RUN(no_names);
	RUN(damage);
	return check_done();
}
