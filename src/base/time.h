/* time: everything is integer microseconds since 1970-01-01 UTC ("µs").
 *
 * The conversions return TIME_NONE for values that are no plausible moment (outside the years 1 to 9999), so that a wild
 * number in evidence becomes "no time" and never a wrong one. */
#ifndef CUSTOS_BASE_TIME_H
#define CUSTOS_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIME_NONE INT64_MIN
#define TIME_COCOA_EPOCH 978307200   /* seconds from 1970 to 2001-01-01 */
#define TIME_WEBKIT_EPOCH 11644473600 /* seconds from 1601-01-01 to 1970 */

/* `value` in units of 1/`per_second` s since `epoch` seconds after 1970, as µs or TIME_NONE. */
int64_t time_from(int64_t value, int64_t per_second, int64_t epoch);
int64_t time_from_real(double value, double per_second, int64_t epoch);

/* "2026-11-24T20:23:46Z", with ".123456" where the fraction is not 0. `out` ≥ 32 bytes. Returns out; "" for TIME_NONE. */
char *time_iso(int64_t us, char *out, size_t size);

/* Reads ISO 8601 (date; date and time; fraction; Z or ±hh:mm; no zone means UTC). False when it is none. */
bool time_parse(const char *text, int64_t *ret_us);

/* Now, in µs. */
int64_t time_now(void);

#endif
