/* examination_inside: what examination.c and runner.c share. This room's own. */
#ifndef CUSTOS_CASEBOOK_EXAMINATION_INSIDE_H
#define CUSTOS_CASEBOOK_EXAMINATION_INSIDE_H

#include "casebook/examination.h"

/* Where an exhibit stands, as far as examinations say it: words_exhibit_states in this order. */
enum examination_stage { STAGE_REGISTERED, STAGE_AWAITING, STAGE_RUNNING, STAGE_EXAMINED, STAGES };

/* Sets the exhibit's state, unless it is there, or has left (returned, handed to police …). */
enum err examination_stage(struct store *s, const struct act *act, int64_t exhibit, enum examination_stage stage);
/* Examinations whose job was given up: their end, the exhibit's state, an entry in the log. *ret_count: how many. */
enum err examination_settle(struct store *s, int64_t now, int *ret_count);

/* Files of the same evidence that are older than `file`: searches leave them, and so does the selector index. */
enum err exhibit_file_supersede(struct store *s, int64_t file, int64_t evidence);

#endif
