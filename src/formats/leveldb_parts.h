/* leveldb_parts: what the readers of logs and tables share. Not for other rooms. */
#ifndef CUSTOS_FORMATS_LEVELDB_PARTS_H
#define CUSTOS_FORMATS_LEVELDB_PARTS_H

#include "base/text.h"
#include "formats/leveldb.h"

enum { LEVELDB_BLOCK_MOST = 64 << 20 }; /* of a decompressed block */

struct leveldb_reader {
	struct span file;
	leveldb_fn *fn;
	leveldb_note_fn *note; /* may be NULL: use leveldb_note() */
	void *context;
};

void leveldb_note(const struct leveldb_reader *r, uint64_t offset, const char *reason);

/* CRC-32C (Castagnoli). Start with 0; the result of one call goes into the next. */
uint32_t leveldb_crc(uint32_t crc, const uint8_t *bytes, size_t size);
/* As LevelDB stores it. */
uint32_t leveldb_crc_masked(uint32_t crc);

/* Whether a file without a table's footer is a log: SURE when any record's checksum is right, MAYBE when it begins as one. */
enum leveldb_looks { LEVELDB_LOG_NO, LEVELDB_LOG_MAYBE, LEVELDB_LOG_SURE };
enum leveldb_looks leveldb_log_looks(struct span file);
/* `sure`: what leveldb_log_looks said. If not, write batches with an impossible head are passed over. */
enum err leveldb_log_read(const struct leveldb_reader *r, bool sure);

bool leveldb_table_looks(struct span file);
/* Also where the footer is missing: then by searching for blocks; *ret_found tells how many there were. */
enum err leveldb_table_read(const struct leveldb_reader *r, size_t *ret_found);

/* One block of a table. `stored`: the bytes as stored, without the trailer of type (1) and masked CRC (4). The content is
 * `stored` itself or decompressed into `room`, good until it is used again. NULL, or why it cannot be read. */
const char *leveldb_block_open(struct span stored, uint8_t type, struct buf *room, struct span *ret_content);

/* An entry of a block; `key` is as stored, good during the call only. A negative return stops the reading. */
typedef enum err leveldb_block_fn(void *context, struct span key, struct span value);
/* Calls `fn` for every entry; where one is damaged goes on at the next restart point and sets *ret_damaged. */
enum err leveldb_block_each(struct span content, leveldb_block_fn *fn, void *context, bool *ret_damaged);

#endif
