/* looks: what the pictures and videos of all exhibits look like (PDQ), in one near-duplicate index beside the casebook: DATA/media.near (match/near_file.h).
 *
 * The casebook remembers of each exhibit file whether it is in; the index follows: it is never ahead of the casebook, and whoever lost it has it made again from the exhibits. Files on
 * lists of illegal pictures are not in it, nor those that only lists of known-good ones name.
 */
#ifndef CUSTOS_CASEBOOK_LOOKS_H
#define CUSTOS_CASEBOOK_LOOKS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "casebook/act.h"
#include "media/pdq.h"

/* Takes in what is not in yet, a few exhibit files at a time, until `stop`. A lost or damaged index is begun anew; `look`: also when
 * there is nothing to take in, look whether it is lost. Somebody else at it: OK, at once. */
enum err looks_catch_up(struct store_pool *pool, const char *folder, bool look, const atomic_bool *stop);

/* Hashes a picture in its eight turns, by `program hash`, in a sandbox of its own. ERR_FORMAT: no picture, or nothing in it to compare (quality). */
enum err looks_read(const char *program, const char *path, struct pdq ret_forms[PDQ_DIHEDRALS]);

/* Pictures and videos within `radius` of any of the forms, the nearest first, each once: [{exhibit, reference, exhibit_file, file, distance, form}], at most `most`.
 * *ret_behind: exhibit files that are not in the index yet, and so were not looked at. */
enum err looks_find(struct store *s, const char *folder, const struct pdq forms[PDQ_DIHEDRALS], int radius, int most, json_t *array, int64_t *ret_behind);

#endif
