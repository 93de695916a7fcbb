#include "base/time.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* 0001-01-01 and 9999-12-31T23:59:59 in seconds. */
#define SECONDS_LEAST (-62135596800)
#define SECONDS_MOST 253402300799

static int64_t time_checked(int64_t seconds, int64_t micros)
{
	if (seconds < SECONDS_LEAST || seconds > SECONDS_MOST)
		return TIME_NONE;
	return seconds * 1000000 + micros;
}

int64_t time_from(int64_t value, int64_t per_second, int64_t epoch)
{
	int64_t seconds = value / per_second, rest = value % per_second;
	if (rest < 0) {
		rest += per_second;
		seconds--;
	}
	if (__builtin_add_overflow(seconds, epoch, &seconds))
		return TIME_NONE;
	/* rest < per_second <= 1e9, so the product fits. */
	return time_checked(seconds, rest * 1000000 / per_second);
}

int64_t time_from_real(double value, double per_second, int64_t epoch)
{
	double seconds = value / per_second + (double)epoch;
	if (!(seconds >= SECONDS_LEAST && seconds <= SECONDS_MOST))
		return TIME_NONE;
	/* Whole and fraction apart: 1e6 × seconds alone would lose the last digits. */
	double whole = floor(value / per_second);
	return time_checked((int64_t)whole + epoch, (int64_t)llround((value / per_second - whole) * 1e6));
}

/* Days since 1970 to year, month, day and back: H. Hinnant, "chrono-compatible low-level date algorithms". */
static void civil_of_days(int64_t days, int64_t *y, unsigned *m, unsigned *d)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	unsigned doe = (unsigned)(days - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = (int64_t)yoe + era * 400 + (*m <= 2);
}

static int64_t days_of_civil(int64_t y, unsigned m, unsigned d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	unsigned yoe = (unsigned)(y - era * 400), doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + (int64_t)doe - 719468;
}

char *time_iso(int64_t us, char *out, size_t size)
{
	out[0] = 0;
	if (us == TIME_NONE)
		return out;
	int64_t seconds = us / 1000000, micros = us % 1000000;
	if (micros < 0) {
		micros += 1000000;
		seconds--;
	}
	int64_t days = seconds / 86400, rest = seconds % 86400;
	if (rest < 0) {
		rest += 86400;
		days--;
	}
	int64_t y;
	unsigned m, d;
	civil_of_days(days, &y, &m, &d);
	int n = snprintf(out, size, "%04lld-%02u-%02uT%02d:%02d:%02d", (long long)y, m, d, (int)(rest / 3600),
			 (int)(rest / 60 % 60), (int)(rest % 60));
	if (micros && n > 0 && (size_t)n < size)
		n += snprintf(out + n, size - (size_t)n, ".%06d", (int)micros);
	if (n > 0 && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, "Z");
	return out;
}

static bool digits(const char **p, int count, int *ret)
{
	*ret = 0;
	for (int i = 0; i < count; i++, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		*ret = *ret * 10 + (**p - '0');
	}
	return true;
}

/* "Z", "+01:00", "+0100", "+01" or nothing, in seconds. */
static bool zone_parse(const char **p, int *ret)
{
	*ret = 0;
	if (**p == 'Z' || **p == 'z') {
		(*p)++;
		return true;
	}
	if (**p != '+' && **p != '-')
		return true;
	int sign = *(*p)++ == '-' ? -1 : 1, hours, minutes = 0;
	if (!digits(p, 2, &hours))
		return false;
	if (**p == ':')
		(*p)++;
	if (**p && !digits(p, 2, &minutes))
		return false;
	*ret = sign * (hours * 3600 + minutes * 60);
	return hours < 24 && minutes < 60;
}

bool time_parse(const char *text, int64_t *ret_us)
{
	const char *p = text;
	int y, mo, d, h = 0, mi = 0, s = 0, zone = 0, micros = 0;
	if (!digits(&p, 4, &y) || *p++ != '-' || !digits(&p, 2, &mo) || *p++ != '-' || !digits(&p, 2, &d))
		return false;
	if (*p == 'T' || *p == 't' || *p == ' ') {
		p++;
		if (!digits(&p, 2, &h) || *p++ != ':' || !digits(&p, 2, &mi))
			return false;
		if (*p == ':') {
			p++;
			if (!digits(&p, 2, &s))
				return false;
		}
		if (*p == '.') {
			p++;
			for (int scale = 100000; *p >= '0' && *p <= '9'; p++, scale /= 10)
				micros += scale * (*p - '0');
		}
		if (!zone_parse(&p, &zone))
			return false;
	}
	if (*p || y < 1 || mo < 1 || mo > 12 || d < 1 || d > 31 || h > 24 || mi > 59 || s > 60)
		return false;
	int64_t seconds = days_of_civil(y, (unsigned)mo, (unsigned)d) * 86400 + h * 3600 + mi * 60 + s - zone;
	*ret_us = time_checked(seconds, micros);
	return *ret_us != TIME_NONE;
}

int64_t time_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}
