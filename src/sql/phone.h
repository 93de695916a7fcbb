/* phone: telephone numbers as E.164, through libphonenumber. phone.cc is the only C++ of the house. Internal to sql/. */
#ifndef CUSTOS_SQL_PHONE_H
#define CUSTOS_SQL_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { PHONE_ROOM = 20 };

/* Loads the metadata: before a sandbox is entered. Once for each process; later calls cost nothing. */
void phone_startup(void);

/* The E.164 form of `text`, read as dialled in `region` (two letters; NULL: GB), into `ret` (`size` ≥ PHONE_ROOM). False
 * when it is no possible number: too short or long for its country, letters in it, a short code; without + or 0 before it
 * (which an account's id may be too) it must be a number in use. Thread-safe; recent answers are kept. */
bool phone_e164(const char *text, const char *region, char *ret, size_t size);

#ifdef __cplusplus
}
#endif

#endif
