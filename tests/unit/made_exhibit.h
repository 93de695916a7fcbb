/* made_exhibit: small sealed exhibit files, made by the writer itself. */
#ifndef CUSTOS_TESTS_MADE_EXHIBIT_H
#define CUSTOS_TESTS_MADE_EXHIBIT_H

#include "base/time.h"
#include "check.h"
#include "exhibit/exhibit.h"
#include "media/pdq.h"

static void made_put(struct exhibit_writer *w, int table, const struct cell *cells, int count) { CHECK_INT(exhibit_put(w, table, cells, count), OK); }
static struct cell made_word(const char *text) { return cell_text(text, text ? strlen(text) : 0); }

struct made_selector {
	const char *type, *value, *service; /* service NULL: none */
	int64_t records, first_at;          /* first_at TIME_NONE: no moment */
};

struct made_media {
	unsigned char byte; /* its SHA-256 is 32 times this */
	const char *content;
	const char *pdq; /* 64 hexadecimal digits, or NULL */
	int quality;
	bool known_good, illegal;
};

struct made_message {
	const char *body;
	int64_t at;
};

/* Arrays end with a NULL type, content or body. */
__attribute__((unused)) static void exhibit_made(const char *path, const struct made_selector *selectors, const struct made_media *media, const struct made_message *messages)
{
	struct exhibit_writer *w = NULL;
	struct exhibit_seal seal;
	CHECK_INT(exhibit_create(path, &w), OK);
	if (!w)
		return;
	made_put(w, TABLE_EXHIBIT, (struct cell[]){ made_word("program"), made_word("a test") }, 2);
	made_put(w, TABLE_ARTIFACT, (struct cell[]){ cell_int(1), made_word("test/chat"), made_word("-"), made_word("message"), cell_blob("x", 1) }, 5);
	struct cell database[14] = { cell_int(1), made_word("data/chat.db"), made_word("file"), cell_int(10) };
	database[13] = made_word("read");
	made_put(w, TABLE_FILE, database, 14);
	int64_t match = 0, hash = 0;
	for (int i = 0; media && media[i].content; i++) {
		unsigned char sha[32];
		memset(sha, media[i].byte, sizeof sha);
		struct cell file[14] = { cell_int(i + 2), made_word("media/a.jpg"), made_word("file"), cell_int(100) };
		file[9] = cell_blob(sha, sizeof sha);
		file[12] = made_word(media[i].content);
		file[13] = made_word("read");
		made_put(w, TABLE_FILE, file, 14);
	}
	struct cell run[11] = { cell_int(1), cell_int(1), cell_int(1), cell_int(1) };
	run[8] = cell_int(1);
	run[9] = made_word("live");
	made_put(w, TABLE_RUN, run, 11);
	made_put(w, TABLE_SOURCE, (struct cell[]){ cell_int(1), cell_int(1), made_word("Chat"), { 0 }, { 0 } }, 5);
	for (int i = 0; selectors && selectors[i].type; i++)
		made_put(w, TABLE_SELECTOR, (struct cell[]){ cell_int(i + 1), made_word(selectors[i].type), made_word(selectors[i].value), made_word(selectors[i].value), made_word(selectors[i].service) }, 5);
	for (int i = 0; selectors && selectors[i].type; i++)
		made_put(w, TABLE_SELECTOR_USE, (struct cell[]){ cell_int(i + 1), cell_int(i + 1), made_word("message"), made_word("sender"), cell_int(selectors[i].records),
			 selectors[i].first_at == TIME_NONE ? (struct cell){ 0 } : cell_int(selectors[i].first_at), selectors[i].first_at == TIME_NONE ? (struct cell){ 0 } : cell_int(selectors[i].first_at + 5) }, 7);
	for (int i = 0; media && media[i].content; i++) {
		struct pdq p;
		unsigned char bytes[32];
		if (!media[i].pdq)
			continue;
		CHECK(pdq_parse(media[i].pdq, 64, &p));
		pdq_bytes(&p, bytes);
		made_put(w, TABLE_MEDIA_HASH, (struct cell[]){ cell_int(++hash), cell_int(i + 2), { 0 }, { 0 }, cell_blob(bytes, 32), cell_int(media[i].quality) }, 6);
	}
	static const char *const natures[] = { "known-good", "illegal" };
	for (int i = 0; i < 2; i++)
		made_put(w, TABLE_LIST, (struct cell[]){ cell_int(i + 1), made_word("list"), made_word("1"), made_word(natures[i]), made_word(""), made_word(""), made_word(""), made_word("plain"), made_word("00"), cell_int(1) }, 10);
	for (int i = 0; media && media[i].content; i++)
		for (int k = 0; k < 2; k++)
			if (k ? media[i].illegal : media[i].known_good)
				made_put(w, TABLE_LIST_MATCH, (struct cell[]){ cell_int(++match), cell_int(i + 2), { 0 }, cell_int(k + 1), made_word("sha256"), { 0 }, { 0 }, made_word(""), made_word("") }, 9);
	const struct kind *k = kind_find("message");
	int table = TABLE_KINDS + (int)(k - kinds);
	for (int i = 0; messages && messages[i].body; i++) {
		struct cell cells[RECORD_OWN + 2 * KIND_COLUMNS_MOST] = { [RECORD_ID] = cell_int(i + 1), [RECORD_SOURCE] = cell_int(1), [RECORD_ROW] = cell_int(i + 1) };
		cells[RECORD_STATE] = made_word("live");
		for (int c = 0, n = RECORD_OWN; c < kind_columns(k); n += k->columns[c++].type == COLUMN_PATH ? 2 : 1) {
			if (c == kind_when(k) && messages[i].at != TIME_NONE)
				cells[n] = cell_int(messages[i].at);
			if (strcmp(k->columns[c].name, "body") == 0)
				cells[n] = made_word(messages[i].body);
		}
		made_put(w, table, cells, exhibit_columns(table));
	}
	CHECK_INT(exhibit_commit(w, NULL, NULL, &seal), OK);
}

#endif
