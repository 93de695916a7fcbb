/* An entry's bytes: "custos entry v1", then one "name value" a line, in one order. docs/formats/custody-log.md. */
#include "casebook/log.h"

#include <stdlib.h>
#include <string.h>

#include "casebook/log_inside.h"

static const char *const words[LOG_ACTS] = { "collection", "alteration", "consultation", "disclosure", "combination", "erasure" };

const char *log_act_word(enum log_act act) { return (unsigned)act < LOG_ACTS ? words[act] : "unknown"; }

/* A constant of the program: lower-case words, no line breaks. What is typed never gets here. */
static bool phrase(const char *text, size_t most)
{
	size_t n = text ? strlen(text) : 0;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' || (unsigned char)text[i] > '~')
			return false;
	return n && n <= most && text[0] != ' ' && text[n - 1] != ' ';
}

enum err log_entry_write(struct buf *out, int64_t number, const struct log_event *e, int64_t clock_back, const unsigned char *detail)
{
	if ((unsigned)e->act >= LOG_ACTS || !phrase(e->what, 120) || (e->subject_kind && (!phrase(e->subject_kind, 32) || strchr(e->subject_kind, ' '))))
		return err_set(ERR_USAGE, "a log entry that is none: %s", e->what ? e->what : "");
	buf_printf(out, "custos entry v1\nnumber %lld\nact %s\nat %lld\nofficer %lld\n", (long long)number, words[e->act], (long long)e->at, (long long)e->officer);
	if (e->subject_kind)
		buf_printf(out, "subject %s %lld\n", e->subject_kind, (long long)e->subject);
	buf_printf(out, "what %s\n", e->what);
	if (clock_back)
		buf_printf(out, "clock-back %lld\n", (long long)clock_back);
	if (detail) {
		buf_text(out, "detail sha256:");
		buf_hex(out, detail, MERKLE_HASH);
		buf_char(out, '\n');
	}
	return out->failed ? ERR_NOMEM : OK;
}

/* The line "NAME VALUE" at *at, which is moved behind it. */
static bool line(const char **at, const char *end, const char *name, char *value, size_t room)
{
	size_t n = strlen(name);
	const char *from = *at + n + 1, *stop;
	if ((size_t)(end - *at) < n + 2 || memcmp(*at, name, n) != 0 || (*at)[n] != ' ' || !(stop = memchr(from, '\n', (size_t)(end - from))) || (size_t)(stop - from) >= room || stop == from)
		return false;
	memcpy(value, from, (size_t)(stop - from));
	value[stop - from] = 0;
	*at = stop + 1;
	return !memchr(value, 0, (size_t)(stop - from)) && strlen(value) == (size_t)(stop - from);
}

static bool number_line(const char **at, const char *end, const char *name, int64_t *ret)
{
	char value[24], again[24], *stop;
	if (!line(at, end, name, value, sizeof value))
		return false;
	*ret = strtoll(value, &stop, 10);
	snprintf(again, sizeof again, "%lld", (long long)*ret);
	return !*stop && strcmp(again, value) == 0; /* one way to write a number */
}

static bool hex_read(const char *text, unsigned char *out)
{
	for (int i = 0; i < 2 * MERKLE_HASH; i++) {
		int c = text[i], v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
		if (v < 0)
			return false;
		out[i / 2] = (unsigned char)(i % 2 ? out[i / 2] | v : v << 4);
	}
	return !text[2 * MERKLE_HASH];
}

enum err log_entry_read(const void *bytes, size_t size, struct log_entry *ret)
{
	static const char head[] = "custos entry v1\n";
	const char *at = bytes, *end = at + size;
	char value[160], *space;
	bool known = false;
	*ret = (struct log_entry){ 0 };
	if (size < sizeof head - 1 || memcmp(at, head, sizeof head - 1) != 0)
		return err_set(ERR_FORMAT, "no log entry: it begins with something else than \"custos entry v1\"");
	at += sizeof head - 1;
	if (!number_line(&at, end, "number", &ret->number) || !line(&at, end, "act", ret->act, sizeof ret->act) || !number_line(&at, end, "at", &ret->at) ||
	    !number_line(&at, end, "officer", &ret->officer))
		return err_set(ERR_FORMAT, "a log entry without number, act, at or officer");
	for (int i = 0; i < LOG_ACTS; i++)
		known = known || strcmp(words[i], ret->act) == 0;
	if (line(&at, end, "subject", value, sizeof value)) {
		char again[24], *stop;
		space = strchr(value, ' ');
		if (!space || space == value || (size_t)(space - value) >= sizeof ret->subject_kind)
			return err_set(ERR_FORMAT, "a log entry with a subject that is none");
		memcpy(ret->subject_kind, value, (size_t)(space - value));
		ret->subject = strtoll(space + 1, &stop, 10);
		snprintf(again, sizeof again, "%lld", (long long)ret->subject);
		if (*stop || strcmp(again, space + 1) != 0)
			return err_set(ERR_FORMAT, "a log entry with a subject that is none");
	}
	if (!known || !line(&at, end, "what", ret->what, sizeof ret->what))
		return err_set(ERR_FORMAT, "a log entry with an act that is none, or without what was done");
	if ((size_t)(end - at) > 11 && memcmp(at, "clock-back ", 11) == 0 && !number_line(&at, end, "clock-back", &ret->clock_back))
		return err_set(ERR_FORMAT, "a log entry with a clock-back that is no number");
	if (line(&at, end, "detail", value, sizeof value)) {
		if (strncmp(value, "sha256:", 7) != 0 || !hex_read(value + 7, ret->detail))
			return err_set(ERR_FORMAT, "a log entry whose detail is no SHA-256");
		ret->has_detail = true;
	}
	return at == end ? OK : err_set(ERR_FORMAT, "a log entry with something behind its end");
}
