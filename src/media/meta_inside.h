/* meta_inside: what the readers of one container or block share. This room's own. */
#ifndef CUSTOS_MEDIA_META_INSIDE_H
#define CUSTOS_MEDIA_META_INSIDE_H

#include "media/meta.h"

/* How sure a time is: a later, surer one replaces an earlier. */
enum meta_rank { RANK_NONE, RANK_CONTAINER, RANK_XMP_CREATED, RANK_XMP, RANK_DIGITIZED, RANK_MAKER, RANK_ORIGINAL };

enum { DETAIL_OFFERS = 50000, DETAIL_ITEMS = 160, DETAIL_POOL = 12288, DETAIL_VALUE = 400, DETAIL_KEY = 64, DETAIL_SAME = 24 };

struct meta {
	struct media_meta *out;
	struct span file;
	meta_note_fn *note;
	void *context;
	enum meta_rank rank_at, rank_local;
	/* detail's names and values, NUL-terminated, one after the other */
	char pool[DETAIL_POOL];
	size_t pool_used;
	struct {
		uint16_t key, value;
		bool bare; /* a number or true: no quotes */
	} items[DETAIL_ITEMS];
	unsigned item_count, offers; /* offers: properties seen, taken or not; a file of millions must not cost seconds */
	bool detail_cut;
	uint32_t exif_width, exif_height; /* what EXIF says of the size */
	unsigned boxes, tags;             /* boxes or elements, and XMP's tags, read so far */
};

void meta_note(struct meta *m, uint64_t offset, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Where the next byte of `s` lies in the file; 0 where `s` is no part of it. */
uint64_t meta_at(const struct meta *m, const struct span *s);

/* Text up to the first NUL into `out`: UTF-8 where it is valid, else taken as Latin-1; control characters out, blanks at both ends too. */
void meta_clean(char *out, size_t size, const void *bytes, uint64_t length);
/* The same, unless there is something already. */
void meta_set(char *out, size_t size, const void *bytes, uint64_t length);
#define META_SET(field, bytes, length) meta_set((field), sizeof(field), (bytes), (length))

/* A further property. Empty texts and repetitions of the same name and value are dropped; a name with several values becomes a list. */
void meta_detail(struct meta *m, const char *key, const void *bytes, uint64_t length);
void meta_detail_utf16(struct meta *m, const char *key, const void *bytes, uint64_t length);
void meta_detail_int(struct meta *m, const char *key, int64_t value);
void meta_detail_real(struct meta *m, const char *key, double value); /* not finite: dropped */
void meta_detail_true(struct meta *m, const char *key);

/* "2024:01:31 12:33:44", "2024-01-31T12:33:44.567+01:00", "20240131T123344Z", "2024-01-31" … into ISO form without zone, and the zone
 * ("" when none, "Z", "+01:00"). False, and both "", when it is no such time. `local` ≥ 40, `zone` ≥ 8 bytes. */
bool meta_time_text(const char *text, char *local, char *zone);
/* The moment, or TIME_NONE without a zone. */
int64_t meta_time_moment(const char *local, const char *zone);
/* A time of taking in text, with whatever zone it has. */
void meta_taken_text(struct meta *m, enum meta_rank rank, const char *text, const char *zone, const char *from);
/* A moment known in UTC. */
void meta_taken_at(struct meta *m, enum meta_rank rank, int64_t at, const char *from);

/* "+51.5074-000.1278+035.000/" (ISO 6709, all its widths). False when it is none. */
bool meta_iso6709(struct meta *m, const char *text);
/* Both within the globe and not both 0 (what a phone without a fix writes): taken, once. */
void meta_position(struct meta *m, double latitude, double longitude, uint64_t offset);

/* Blocks that several containers hold. None keeps what it is given. */
void meta_tiff(struct meta *m, struct span tiff, bool is_file); /* EXIF: from the byte order mark on */
void meta_exif(struct meta *m, struct span block); /* the same, with "Exif\0\0" before it or not */
void meta_apple(struct meta *m, struct span note);  /* Apple's maker note, from "Apple iOS" on */
void meta_xmp(struct meta *m, struct span packet);
void meta_iptc(struct meta *m, struct span records);
void meta_photoshop(struct meta *m, struct span resources); /* "8BIM" blocks */

/* Containers: the whole file. */
void meta_jpeg(struct meta *m);
void meta_samsung_trailer(struct meta *m);
void meta_png(struct meta *m);
void meta_webp(struct meta *m);
void meta_gif(struct meta *m);
void meta_movie(struct meta *m); /* HEIF and AVIF too */
void meta_matroska(struct meta *m);

/* A box of ISO base media (MP4, QuickTime, HEIF): four letters as one big-endian number, and what it holds. */
struct box {
	uint32_t type;
	uint64_t at; /* where it begins */
	struct span body;
};
#define BOX(text) ((uint32_t)(uint8_t)(text)[0] << 24 | (uint32_t)(uint8_t)(text)[1] << 16 | (uint32_t)(uint8_t)(text)[2] << 8 | (uint8_t)(text)[3])
/* The next box of `s`. False at the end, and where what follows is no box (said). One that is cut short is given as far as it is there (said). */
bool meta_box_next(struct meta *m, struct span *s, struct box *ret);
/* The first box of `type` in `s` (which does not move). */
bool meta_box_find(struct meta *m, struct span s, uint32_t type, struct box *ret);

void meta_items(struct meta *m, struct span body); /* HEIF's "meta" box, from behind its version on */
void meta_movie_meta(struct meta *m, struct span body); /* QuickTime's and iTunes' "meta" box */
void meta_user_data(struct meta *m, struct span body); /* "udta" */
/* A language-independent text that a coder wrote of itself; joined to `encoder`. */
void meta_encoder(struct meta *m, const void *bytes, uint64_t length);

/* JPEG quantisation tables, in the order of the file (zigzag), 0 where there is none. */
struct jpeg_coding {
	uint16_t tables[4][64];
	bool there[4], wide[4];
	uint8_t luma_table, chroma_table; /* which table the first and second component use */
	uint8_t components, sampling;     /* first component's sampling: high 4 bits horizontal */
	bool progressive, arithmetic, lossless;
};
/* "libjpeg q=85, 4:2:0" or "qt:1a2b3c4d, 4:2:0, progressive". */
void meta_jpeg_coding(const struct jpeg_coding *c, char *out, size_t size);

#endif
