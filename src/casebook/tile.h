/* tile: a log as files (C2SP tlog-tiles), which a defence expert is given and can check without a database:
 *
 *   checkpoint                    the signed checkpoint
 *   tile/<L>/<N>[.p/<W>]          256 hashes of level 8·L (W of them where it is not full)
 *   tile/entries/<N>[.p/<W>]      256 entries: two bytes of length (big-endian) before each
 *   details.jsonl                 (not of C2SP) what stands beside the entries and was not erased: {"number", "salt", "details"}
 *
 * N is written in groups of three digits, all but the last with an x: x001/x234/067.
 */
#ifndef CUSTOS_CASEBOOK_TILE_H
#define CUSTOS_CASEBOOK_TILE_H

#include "casebook/merkle.h"

enum { TILE_WIDTH = 256, TILE_PATH = 120 };

/* The path of a tile; level -1: entries; width TILE_WIDTH: a full one. `ret`: TILE_PATH bytes. */
void tile_path(int level, uint64_t number, int width, char *ret);

#endif
