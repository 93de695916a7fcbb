/* act: who does something, when and why. Every change of the casebook and every consultation of personal data names one; it becomes the entry of the
 * custody log (log.h) that is written in the same transaction.
 *
 * What holds for all functions of this room that change something:
 * - They run within store_transact() alone, do no more than the database does, and so may be run twice.
 * - They append their own log entry. The caller (a page, a command) logs consultations.
 * - What a person typed is checked here, not in a page: ERR_USAGE with a line for the user, naming the field ("surname: is missing").
 *   Texts are UTF-8 without control characters (new lines allowed in long ones), without space at either end.
 * - ERR_NOT_FOUND: no such row. ERR_EXISTS: that reference, number or name is taken. ERR_CHANGED: the state forbids it.
 * Functions that only read take any connection and give JSON as store_row_json() makes it: the same object feeds a page and the API.
 */
#ifndef CUSTOS_CASEBOOK_ACT_H
#define CUSTOS_CASEBOOK_ACT_H

#include "casebook/store.h"

struct act {
	int64_t officer;     /* 0: the system itself */
	int64_t at;          /* microseconds UTC */
	const char *why;     /* as the officer gave it; NULL: the work itself is the reason */
	const char *to_whom; /* of a disclosure; else NULL */
};

#endif
