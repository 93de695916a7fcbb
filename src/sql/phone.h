/* phone: telephone numbers to E.164 (libphonenumber; the one C++ shim of the house). */
#ifndef CUSTOS_SQL_PHONE_H
#define CUSTOS_SQL_PHONE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Loads the metadata: before a sandbox is entered. */
void phone_startup(void);

/* The E.164 form of `text`, read as dialled in `region` (two letters), into `ret` (≥ 20 bytes). False when it is no valid number of any country. */
bool phone_e164(const char *text, const char *region, char *ret, size_t size);

#ifdef __cplusplus
}
#endif

#endif
