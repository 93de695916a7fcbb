/* hashing: files of this machine hashed in the sandbox, several at a time, their results in the order in which they were named. */
#ifndef CUSTOS_CLI_HASHING_H
#define CUSTOS_CLI_HASHING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sandbox.h"
#include "media/picture.h"
#include "media/pdq.h"

struct hashing_order {
	enum picture_mode mode;
	bool dihedral;     /* all eight forms of a picture; of videos the one */
	bool frames, keys; /* of what moves each frame; of videos key frames alone */
	bool digests;      /* MD5 and SHA-1 too */
};

/* One file. `unread`: it could not be opened or read, `reason` says why, nothing else is set. */
struct hashed {
	const char *path;
	uint8_t sha256[32], md5[16], sha1[20];
	bool unread, video, cut, stopped; /* cut: damaged; stopped: it has more frames than are read */
	uint64_t size;
	uint32_t frames;                  /* how many hashes came */
	const char *reason;               /* why there is none, or what is to be said; "" nothing */
};

/* A frame as it comes (a picture has one, number 0), with `forms` hashes; then the file's end. What they return other than OK ends all. */
typedef enum err hashing_frame_fn(void *context, const struct hashed *file, uint32_t number, double at, int quality, const struct pdq *hashes, int forms);
typedef enum err hashing_file_fn(void *context, const struct hashed *file);

/* Before anything else runs: loads what decodes videos if one of the files is one and frames are asked for, and makes the sandbox. *ret_why (may be NULL; else at
 * least 400 bytes): why videos cannot be decoded, or "". */
enum err hashing_prepare(char *const *paths, int count, bool frames, struct sandbox **ret, char *ret_why);
enum err hashing_run(struct sandbox *box, char *const *paths, int count, const struct hashing_order *order, hashing_frame_fn *frame, hashing_file_fn *file, void *context);

#endif
