/* itunes_disk: which files lie in a backup's folder, and which of them the manifest has named.  Internal to evidence/.
 */
#ifndef CUSTOS_EVIDENCE_ITUNES_DISK_H
#define CUSTOS_EVIDENCE_ITUNES_DISK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "evidence/itunes.h"

enum { ITUNES_NAME = 48, ITUNES_PATH_MOST = 4096 };

struct itunes_disk {
	struct itunes_disk_id *ids; /* files named by hash, sorted */
	size_t id_count, id_room;
	char **others; /* all other files, by path */
	size_t other_count, other_room;
	bool scanned;
	const char *damage; /* what could not be listed, or NULL */
};

/* Walks the folder `root`, never through links. */
enum err itunes_disk_scan(int root, struct itunes_disk *ret);
/* True when a file of this hash is there; it then counts as named. *ret_flat: in the backup's folder itself (before iOS
 * 10), else in one named by its first two digits. */
bool itunes_disk_use(struct itunes_disk *d, const uint8_t id[ITUNES_ID], bool *ret_flat);
/* The path of a file named by hash. */
void itunes_disk_name(const uint8_t id[ITUNES_ID], bool flat, char ret[ITUNES_NAME]);

/* All that nobody used, sorted. A failure ends it and is returned. */
typedef enum err itunes_unused_fn(void *context, const char *path, bool named_by_hash);
enum err itunes_disk_unused(struct itunes_disk *d, itunes_unused_fn *fn, void *context);

void itunes_disk_free(struct itunes_disk *d);

#endif
