/* name: what a file's name says of where it comes from: which app or camera named it, when, and which post it is of.
 *
 * One const table of grammars (name.c), each specific enough that little else is called so; docs/media-metadata.md lists them and their sources.
 * A name is the weakest of all evidence: anybody can give a file any name, and a name outlives what it was true of.
 */
#ifndef CUSTOS_MEDIA_NAME_H
#define CUSTOS_MEDIA_NAME_H

#include <stdbool.h>
#include <stdint.h>

enum name_confidence {
	NAME_LIKELY,  /* others may name files so too, or it is the folder that decides */
	NAME_CERTAIN, /* the name itself carries the app's own mark */
};

enum name_precision { NAME_NO_TIME, NAME_DAY, NAME_SECOND, NAME_MILLISECOND };

struct media_name {
	const char *platform; /* "whatsapp", "snapchat", "pixel", "samsung", "android", "apple" …; static */
	const char *kind;     /* "photo", "video", "voice", "audio", "document", "sticker", "screenshot", "recording", "file"; static */
	const char *at_means; /* "taken", "saved" (received, saved or exported), "posted" (made by the platform); NULL without a time; static */
	enum name_confidence confidence;
	enum name_precision precision;
	int64_t at;       /* µs, or TIME_NONE: none, or not within 2005 and tomorrow */
	bool at_local;    /* `at` is the phone's local time, of a zone that the name does not say, counted as if it were UTC */
	char post_id[24]; /* the platform's id of the post, "" when none: only with the platform's own mark or folder */
	char media_id[40]; /* the platform's id of the picture or video itself, "" when none */
	char app[64];     /* of a screenshot: the app in front, as its name has it (a label or a package) */
	int64_t counter;  /* -1 when none */
};

/* `path`: folders and name, or a name alone; UTF-8. False: no grammar fits (*ret is empty then). */
bool media_name_read(const char *path, struct media_name *ret);

const char *media_name_confidence(enum name_confidence c); /* "likely", "certain" */

#endif
