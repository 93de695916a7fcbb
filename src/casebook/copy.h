/* copy: a whole casebook from one database into another, empty one: SQLite to PostgreSQL when a unit grows, either into a SQLite file as a dump, a dump back.
 *
 * Every number is kept, every log entry byte for byte: proofs and checkpoints that were given out hold for the copy. Sessions and one-time links stay behind: who was signed in
 * signs in again. Files (exhibits, uploads, the log's key) are not in the database: the folder is copied with them.
 */
#ifndef CUSTOS_CASEBOOK_COPY_H
#define CUSTOS_CASEBOOK_COPY_H

#include "casebook/store.h"

/* `to` must be empty (ERR_EXISTS). All or nothing. Nothing is changed in `from` meanwhile. `ret_rows` may be NULL. ERR_CHANGED: the copied log's root is not that of the original. */
enum err casebook_copy(struct store *from, struct store *to, int64_t *ret_rows);

#endif
