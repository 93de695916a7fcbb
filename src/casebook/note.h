/* note: signed notes (C2SP signed-note), the checkpoint of a log (C2SP tlog-checkpoint), cosignatures of witnesses (C2SP tlog-cosignature, v1). Ed25519. No store, no I/O.
 *
 * A checkpoint is the text "ORIGIN\nSIZE\nROOT in base64\n", an empty line, and signature lines: "— NAME base64(key id ‖ signature)". A key id is the first four bytes of
 * SHA-256(NAME ‖ "\n" ‖ type ‖ public key); type 0x01 signs the text, 0x04 a witness's time and the text.
 */
#ifndef CUSTOS_CASEBOOK_NOTE_H
#define CUSTOS_CASEBOOK_NOTE_H

#include <stdbool.h>

#include "base/text.h"
#include "casebook/merkle.h"

enum { NOTE_NAME = 120, NOTE_MOST = 16384 };

enum note_type { NOTE_SIGNER = 0x01, NOTE_WITNESS = 0x04 };

struct note_key {
	char name[NOTE_NAME + 1]; /* no space, no "+" */
	enum note_type type;
	unsigned char public_key[32], seed[32];
	bool secret;              /* seed is known */
};

/* A new key. ERR_USAGE: a name that is none. */
enum err note_key_make(const char *name, enum note_type type, struct note_key *ret);
/* "NAME+hash+base64" (public: what a verifier is given) or "PRIVATE+KEY+NAME+hash+base64". ERR_FORMAT with the reason. */
enum err note_key_read(const char *text, struct note_key *ret);
void note_key_write(const struct note_key *k, bool secret, struct buf *out);

struct checkpoint {
	char origin[NOTE_NAME + 1];
	uint64_t size;
	struct merkle_hash root;
	size_t text_size; /* of the signed text in the note, with its last line feed */
};

/* The unsigned text. */
void checkpoint_write(const struct checkpoint *c, struct buf *out);
/* Reads a note's text and finds where its signatures begin; checks none of them. ERR_FORMAT. */
enum err checkpoint_read(const char *note, size_t size, struct checkpoint *ret);

/* Adds an empty line (where there is no signature yet) and this key's line to the note in `note`; `at`: seconds since 1970, of a witness. ERR_USAGE: no secret. */
enum err note_sign(struct buf *note, const struct note_key *k, uint64_t at);
/* OK when this key signed; `ret_at` (may be NULL): a witness's time. ERR_NOT_FOUND: no line of this key. ERR_CHANGED: its signature is wrong. */
enum err note_verify(const char *note, size_t size, const struct note_key *k, uint64_t *ret_at);

#endif
