/* verify: what custos-verify checks. Each difference is one line to standard output, naming the file; nothing here changes anything. */
#ifndef CUSTOS_VERIFY_VERIFY_H
#define CUSTOS_VERIFY_VERIFY_H

#include <stdbool.h>

#include "base/err.h"
#include "base/text.h"
#include "casebook/note.h"

enum { FILE_MOST = 64 << 20 };

/* One difference: "differs  PATH: WHAT". */
void differs(const char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));
int differences(void);

/* A whole file of at most FILE_MOST bytes. */
enum err file_read(const char *path, struct buf *out);

/* A whole exported log. `old`: the path of an earlier checkpoint, or NULL: this log must be its continuation. `witness` may be NULL. */
enum err log_check(const char *folder, const struct note_key *key, const struct note_key *witness, const char *old);
/* One entry's proof. `witness` may be NULL. */
enum err proof_check(const char *path, const struct note_key *key, const struct note_key *witness);
/* An exhibit; `root` may be NULL. */
enum err exhibit_check(const char *path, const char *root);

#endif
