#include "casebook/log_inside.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { CLOCK_SLACK_US = 1000000 };

struct found_hash {
	struct merkle_hash *hash;
	bool found;
};

static enum err hash_row(void *context, const struct store_row *row)
{
	struct found_hash *f = context;
	struct store_value v = store_row_blob(row, 0);
	if (v.size != MERKLE_HASH)
		return err_set(ERR_FORMAT, "the custody log holds a hash of %zu bytes", v.size);
	memcpy(f->hash->bytes, v.bytes, MERKLE_HASH);
	f->found = true;
	return OK;
}

static enum err node_get(void *context, int level, uint64_t number, struct merkle_hash *ret)
{
	struct found_hash f = { ret, false };
	enum err e = STORE_RUN(context, "SELECT hash FROM log_node WHERE level = ?1 AND number = ?2", hash_row, &f, store_int(level), store_int((int64_t)number));
	return e || f.found ? e : err_set(ERR_FORMAT, "the custody log lacks the hash of level %d number %llu", level, (unsigned long long)number);
}

static enum err node_put(struct store *s, int level, int64_t number, const struct merkle_hash *h)
{
	return STORE_RUN(s, "INSERT INTO log_node (level, number, hash) VALUES (?1, ?2, ?3)", NULL, NULL, store_int(level), store_int(number), store_blob(h->bytes, MERKLE_HASH));
}

/* The leaf and every subtree that it fills. */
static enum err tree_append(struct store *s, int64_t number, struct merkle_hash h)
{
	enum err e = node_put(s, 0, number, &h);
	for (int level = 0; !e && (number & 1); level++) {
		struct merkle_hash left;
		if (!(e = node_get(s, level, (uint64_t)(number - 1), &left))) {
			h = merkle_pair(&left, &h);
			number >>= 1;
			e = node_put(s, level + 1, number, &h);
		}
	}
	return e;
}

struct last {
	int64_t number, at;
};

static enum err last_row(void *context, const struct store_row *row)
{
	struct last *l = context;
	struct log_entry entry;
	struct store_value v = store_row_blob(row, 1);
	enum err e = log_entry_read(v.bytes, v.size, &entry);
	l->number = store_row_int(row, 0);
	l->at = entry.at;
	return e;
}

/* {"details":…,"to_whom":…,"why":…}: what an erasure takes away. NULL where there is nothing of the kind. */
static enum err detail_text(const struct log_event *event, char **ret)
{
	json_error_t error;
	json_t *all, *details = event->details ? json_loads(event->details, JSON_REJECT_DUPLICATES, &error) : NULL;
	*ret = NULL;
	if (event->details && !json_is_object(details)) {
		json_decref(details);
		return err_set(ERR_USAGE, "a log entry's details are no JSON object");
	}
	if (!details && !event->why && !event->to_whom)
		return OK;
	if (!(all = json_object())) {
		json_decref(details);
		return ERR_NOMEM;
	}
	if (details)
		json_object_set_new(all, "details", details);
	if (event->why)
		json_object_set_new(all, "why", json_string(event->why));
	if (event->to_whom)
		json_object_set_new(all, "to_whom", json_string(event->to_whom));
	*ret = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(all);
	return *ret ? OK : ERR_NOMEM;
}

static enum err salted(const unsigned char *salt, const char *text, unsigned char *ret)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good = c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1 && EVP_DigestUpdate(c, salt, LOG_SALT) == 1 && EVP_DigestUpdate(c, text, strlen(text)) == 1 && EVP_DigestFinal_ex(c, ret, NULL) == 1;
	EVP_MD_CTX_free(c);
	return good ? OK : ERR_NOMEM;
}

static enum err entry_put(struct store *s, int64_t number, const struct log_event *event, int64_t clock_back, const char *text)
{
	unsigned char salt[LOG_SALT], detail[MERKLE_HASH];
	struct buf bytes = { 0 };
	enum err e = text && getrandom(salt, sizeof salt, 0) != sizeof salt ? err_errno("random bytes") : OK;
	if (!e && text)
		e = salted(salt, text, detail);
	if (!e)
		e = log_entry_write(&bytes, number, event, clock_back, text ? detail : NULL);
	if (!e)
		e = STORE_RUN(s, "INSERT INTO log_entry (number, bytes, officer) VALUES (?1, ?2, ?3)", NULL, NULL, store_int(number), store_blob(bytes.data, bytes.size),
			      store_int(event->officer));
	if (!e)
		e = tree_append(s, number, merkle_leaf(bytes.data, bytes.size));
	if (!e && event->subject_kind)
		e = STORE_RUN(s, "INSERT INTO log_subject (kind, subject, number) VALUES (?1, ?2, ?3)", NULL, NULL, store_text(event->subject_kind), store_int(event->subject), store_int(number));
	if (!e && text)
		e = STORE_RUN(s, "INSERT INTO log_detail (number, salt, details) VALUES (?1, ?2, ?3)", NULL, NULL, store_int(number), store_blob(salt, sizeof salt), store_text(text));
	buf_free(&bytes);
	return e;
}

enum err log_append(struct store *s, const struct log_event *event, int64_t *ret_number)
{
	struct last last = { -1, INT64_MIN };
	char *text = NULL;
	enum err e = store_lock(s, STORE_LOCK_LOG);
	if (!e)
		e = store_query(s, "SELECT number, bytes FROM log_entry ORDER BY number DESC LIMIT 1", NULL, 0, last_row, &last, NULL);
	if (!e)
		e = detail_text(event, &text);
	if (!e)
		e = entry_put(s, last.number + 1, event, last.number >= 0 && event->at < last.at - CLOCK_SLACK_US ? last.at - event->at : 0, text);
	free(text);
	if (!e && ret_number)
		*ret_number = last.number + 1;
	return e;
}

enum err log_change(struct store *s, const struct act *act, enum log_act kind, const char *what, const char *subject_kind, int64_t subject, json_t *details)
{
	char *text = details ? json_dumps(details, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	enum err e = details && !text ? ERR_NOMEM : OK;
	json_decref(details);
	if (!e)
		e = log_append(s, &(struct log_event){ .act = kind, .at = act->at, .officer = act->officer, .what = what, .subject_kind = subject_kind, .subject = subject,
						       .why = act->why, .to_whom = act->to_whom, .details = text }, NULL);
	free(text);
	return e;
}

enum err log_size(struct store *s, int64_t *ret)
{
	enum err e = store_query_int(s, "SELECT number FROM log_entry ORDER BY number DESC LIMIT 1", NULL, 0, ret);
	if (e == ERR_NOT_FOUND) {
		*ret = 0;
		return OK;
	}
	*ret += !e;
	return e;
}

enum err log_tree_root(struct store *s, int64_t size, struct merkle_hash *ret) { return merkle_root(node_get, s, (uint64_t)size, ret); }

enum err log_inclusion(struct store *s, int64_t number, int64_t size, struct merkle_proof *ret) { return merkle_inclusion(node_get, s, (uint64_t)number, (uint64_t)size, ret); }

enum err log_consistency(struct store *s, int64_t old, int64_t size, struct merkle_proof *ret) { return merkle_consistency(node_get, s, (uint64_t)old, (uint64_t)size, ret); }

enum err log_erase_details(struct store *s, const struct act *act, int64_t number)
{
	int64_t changes = 0;
	enum err e = store_query(s, "DELETE FROM log_detail WHERE number = ?1", (const struct store_value[]){ store_int(number) }, 1, NULL, NULL, &changes);
	if (!e && !changes)
		return err_set(ERR_NOT_FOUND, "entry %lld has no words that could be erased", (long long)number);
	return e ? e : log_change(s, act, LOG_ERASURE, "details of a log entry erased", "log-entry", number, NULL);
}

static enum err list_row(void *context, const struct store_row *row)
{
	struct log_entry entry;
	struct store_value v = store_row_blob(row, 1);
	enum err e = log_entry_read(v.bytes, v.size, &entry);
	json_error_t error;
	if (e)
		return e;
	json_t *words = store_row_null(row, 2) ? NULL : json_loads(store_row_text(row, 2), 0, &error);
	json_t *j = json_pack("{s:I,s:s,s:I,s:I,s:s,s:s,s:s,s:I,s:O*,s:O*,s:O*,s:b,s:I}", "number", (json_int_t)entry.number, "act", entry.act, "at", (json_int_t)entry.at, "officer", (json_int_t)entry.officer,
			      "officer_name", store_row_null(row, 3) ? "the system" : store_row_text(row, 3), "what", entry.what, "subject_kind", entry.subject_kind, "subject", (json_int_t)entry.subject,
			      "why", json_object_get(words, "why"), "to_whom", json_object_get(words, "to_whom"), "details", json_object_get(words, "details"), "erased", (int)(entry.has_detail && !words),
			      "clock_back", (json_int_t)entry.clock_back);
	json_decref(words);
	return json_array_append_new(context, j) ? ERR_NOMEM : OK;
}

enum err log_list(struct store *s, const char *subject_kind, int64_t subject, int64_t below, int most, json_t *array)
{
	if (subject_kind)
		return STORE_RUN(s,
				 "SELECT e.number, e.bytes, d.details, o.display_name FROM log_subject u JOIN log_entry e ON e.number = u.number LEFT JOIN log_detail d ON d.number = e.number "
				 "LEFT JOIN officer o ON o.id = e.officer WHERE u.kind = ?1 AND u.subject = ?2 AND u.number < ?3 ORDER BY u.number DESC LIMIT ?4",
				 list_row, array, store_text(subject_kind), store_int(subject), store_int(below), store_int(most));
	return STORE_RUN(s,
			 "SELECT e.number, e.bytes, d.details, o.display_name FROM log_entry e LEFT JOIN log_detail d ON d.number = e.number LEFT JOIN officer o ON o.id = e.officer "
			 "WHERE e.number < ?1 ORDER BY e.number DESC LIMIT ?2",
			 list_row, array, store_int(below), store_int(most));
}
