/* log_export: the custody log given out: checkpoints, proofs of single entries, the whole log as files (tile.h). */
#ifndef CUSTOS_CASEBOOK_LOG_EXPORT_H
#define CUSTOS_CASEBOOK_LOG_EXPORT_H

#include "casebook/log.h"
#include "casebook/note.h"

/* The key that signs this casebook's checkpoints: FOLDER/log.key (0600), made where it is absent, and FOLDER/log.pub, which is given to whoever is to verify. */
enum err log_key_open(const char *folder, struct note_key *ret);

/* Signs the log as it is now. */
enum err log_checkpoint_sign(struct store *s, const struct note_key *key, int64_t at, struct buf *ret_note);
/* The same, and keeps the checkpoint. Within store_transact(). */
enum err log_checkpoint_make(struct store *s, const struct note_key *key, int64_t at, struct buf *ret_note);

/* A file that proves one entry to who trusts the key: "custos proof v1", "index N", the entry and the path's hashes in base64 (a line each), an empty line, the checkpoint. */
enum err log_proof_write(struct store *s, const struct note_key *key, int64_t number, int64_t at, struct buf *out);

/* Writes the whole log into a new folder; under its name only when it is whole. `ret_size`: entries. ERR_EXISTS. */
enum err log_export(struct store *s, const struct note_key *key, const char *folder, int64_t at, int64_t *ret_size);

#endif
