/* evidence_password: what opens an encrypted extraction, from when an officer gives it until its examination has ended, and no longer.
 *
 * It stands nowhere in clear: not in the database, a log, a page, a command line or an environment. The database holds it sealed (crypto_secretbox, padded to one size); the key is a file
 * of its own in DATA/passwords (mode 0600, shared by all servers of the casebook), written before the box is committed and removed after it is gone. A box without its key is as if none
 * had been given: the examination says that it needs the password. A casebook's copy has none.
 */
#ifndef CUSTOS_CASEBOOK_EVIDENCE_PASSWORD_H
#define CUSTOS_CASEBOOK_EVIDENCE_PASSWORD_H

#include "casebook/act.h"

enum { EVIDENCE_PASSWORD = 1000 };

/* For an examination that examination_start() has just made, in the same transaction. Any UTF-8 on one line, spaces where they stand; ERR_USAGE "password: …". The key's file is the one thing
 * that a transaction which is undone leaves behind: it opens nothing, and goes an hour later. */
enum err evidence_password_give(struct store *s, const struct act *act, const char *folder, int64_t examination, const char *password);
/* "": none was given, or it cannot be opened any more. The caller wipes `ret`. */
enum err evidence_password_get(struct store *s, const char *folder, int64_t examination, char ret[EVIDENCE_PASSWORD + 1]);
/* Takes the box away, unless the examination still waits or runs. Within store_transact(), where its job ends. */
enum err evidence_password_forget(struct store *s, int64_t examination);
/* Removes keys whose box is gone. Costs next to nothing where there are none. Not within a transaction. */
void evidence_password_tidy(struct store_pool *pool, const char *folder);

#endif
