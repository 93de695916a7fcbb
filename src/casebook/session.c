#include "casebook/officer_inside.h"

#include <openssl/sha.h>
#include <string.h>
#include <sys/random.h>

#include "casebook/log.h"
#include "casebook/words.h"

enum { NAME_FREE = 3, ADDRESS_FREE = 10, WAIT_MOST_S = 900 };
#define FORGET_US (60 * MINUTE_US)

enum err token_make(unsigned char token[OFFICER_TOKEN]) { return getrandom(token, OFFICER_TOKEN, 0) == OFFICER_TOKEN ? OK : err_errno("random bytes"); }

void token_hash(const unsigned char token[OFFICER_TOKEN], unsigned char ret[32]) { SHA256(token, OFFICER_TOKEN, ret); }

/* --- the growing delay --- */

struct failures {
	int64_t count, last;
};

static enum err failures_row(void *context, const struct store_row *row)
{
	*(struct failures *)context = (struct failures){ store_row_int(row, 0), store_row_int(row, 1) };
	return OK;
}

/* "name x" or "address y": the two never meet. */
static void whose(char *out, size_t room, const char *kind, const char *what) { snprintf(out, room, "%s %s", kind, what); }

static enum err wait_check(struct store *s, const char *who, int64_t now, int free_ones)
{
	struct failures f = { 0 };
	enum err e = STORE_RUN(s, "SELECT failures, last_at FROM sign_in_failure WHERE who = ?1", failures_row, &f, store_text(who));
	if (e || f.count < free_ones || now < f.last) /* a clock that went back locks nobody out */
		return e;
	int64_t wait = f.count - free_ones > 10 ? WAIT_MOST_S : (int64_t)1 << (f.count - free_ones);
	int64_t left = f.last + (wait > WAIT_MOST_S ? WAIT_MOST_S : wait) * 1000000 - now;
	return left <= 0 ? OK : err_set(ERR_BUSY, "too many wrong passwords: wait %lld seconds, then try again", (long long)(left / 1000000 + 1));
}

static enum err failure_put(struct store *s, const char *who, int64_t now)
{
	return STORE_RUN(s,
			 "INSERT INTO sign_in_failure (who, failures, last_at) VALUES (?1, 1, ?2) ON CONFLICT (who) DO UPDATE SET "
			 "failures = CASE WHEN sign_in_failure.last_at < ?3 THEN 1 ELSE sign_in_failure.failures + 1 END, last_at = excluded.last_at",
			 NULL, NULL, store_text(who), store_int(now), store_int(now - FORGET_US));
}

/* --- sign-in --- */

static enum err hash_row(void *context, const struct store_row *row)
{
	struct sign_in *in = context;
	in->officer = store_row_int(row, 0);
	snprintf(in->hash, sizeof in->hash, "%s", store_row_text(row, 1));
	return OK;
}

enum err sign_in_begin(struct store *s, const char *name, const char *address, int64_t now, struct sign_in *ret)
{
	char who[OFFICER_NAME + 80];
	*ret = (struct sign_in){ 0 };
	if (officer_name_fold(name, ret->name))
		snprintf(ret->name, sizeof ret->name, "?"); /* nobody's; goes the way of all unknown names */
	whose(who, sizeof who, "name", ret->name);
	enum err e = wait_check(s, who, now, NAME_FREE);
	whose(who, sizeof who, "address", address);
	if (!e)
		e = wait_check(s, who, now, ADDRESS_FREE);
	return e ? e : STORE_RUN(s, "SELECT id, password FROM officer WHERE name = ?1 AND locked_at IS NULL AND password IS NOT NULL", hash_row, ret, store_text(ret->name));
}

static enum err session_make(struct store *s, int64_t officer, const char *address, int64_t now, unsigned char token[OFFICER_TOKEN])
{
	unsigned char hash[32], csrf[32];
	enum err e = token_make(token);
	if (!e)
		e = token_make(csrf);
	token_hash(token, hash);
	if (!e)
		e = STORE_RUN(s, "DELETE FROM session WHERE expires_at < ?1 OR seen_at < ?2", NULL, NULL, store_int(now), store_int(now - SESSION_IDLE_MIN * MINUTE_US));
	if (!e)
		e = STORE_RUN(s, "UPDATE officer SET seen_at = ?1 WHERE id = ?2", NULL, NULL, store_int(now), store_int(officer));
	return e ? e : STORE_RUN(s, "INSERT INTO session (token, officer, csrf, address, made_at, seen_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)", NULL, NULL, store_blob(hash, sizeof hash),
				 store_int(officer), store_blob(csrf, sizeof csrf), store_text(address), store_int(now), store_int(now + SESSION_MOST_H * 60 * MINUTE_US));
}

enum err sign_in_end(struct store *s, const struct sign_in *in, bool right, const char *address, int64_t now, bool *ret_in, unsigned char ret_token[OFFICER_TOKEN])
{
	char by_name[OFFICER_NAME + 80], by_address[OFFICER_NAME + 80];
	int64_t id = 0;
	*ret_in = false;
	whose(by_name, sizeof by_name, "name", in->name);
	whose(by_address, sizeof by_address, "address", address);
	/* Locked or given another password while this one was being looked at? */
	enum err e = right ? store_query_int(s, "SELECT id FROM officer WHERE id = ?1 AND locked_at IS NULL AND password = ?2", (const struct store_value[]){ store_int(in->officer), store_text(in->hash) }, 2, &id) : ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND) {
		e = failure_put(s, by_name, now);
		return e ? e : failure_put(s, by_address, now);
	}
	if (!e)
		e = STORE_RUN(s, "DELETE FROM sign_in_failure WHERE who = ?1", NULL, NULL, store_text(by_name));
	if (!e)
		e = session_make(s, in->officer, address, now, ret_token);
	*ret_in = !e;
	return e ? e : log_change(s, &(struct act){ .officer = in->officer, .at = now }, LOG_CONSULTATION, "signed in", "officer", in->officer, json_pack("{s:s}", "address", address));
}

/* --- sessions --- */

struct found {
	struct officer_session *session;
	int64_t seen, now;
};

static enum err session_row(void *context, const struct store_row *row)
{
	struct found *f = context;
	struct officer_session *o = f->session;
	struct store_value csrf = store_row_blob(row, 3);
	int role = role_find(store_row_text(row, 7));
	o->officer = store_row_int(row, 0);
	snprintf(o->name, sizeof o->name, "%s", store_row_text(row, 1));
	snprintf(o->display_name, sizeof o->display_name, "%s", store_row_text(row, 2));
	if (csrf.size == sizeof o->csrf)
		memcpy(o->csrf, csrf.bytes, sizeof o->csrf);
	f->seen = store_row_int(row, 4);
	if (store_row_int(row, 6) > f->now) {
		o->purpose_until = store_row_int(row, 6);
		snprintf(o->purpose, sizeof o->purpose, "%s", store_row_text(row, 5));
	}
	o->roles |= role < 0 ? 0 : 1U << role;
	return OK;
}

enum err session_find(struct store *s, const unsigned char token[OFFICER_TOKEN], int64_t now, struct officer_session *ret, bool *ret_due)
{
	unsigned char hash[32];
	struct found f = { ret, 0, now };
	*ret = (struct officer_session){ 0 };
	token_hash(token, hash);
	enum err e = STORE_RUN(s,
			       "SELECT o.id, o.name, o.display_name, s.csrf, s.seen_at, s.purpose, s.purpose_until, r.role FROM session s JOIN officer o ON o.id = s.officer "
			       "LEFT JOIN officer_role r ON r.officer = o.id WHERE s.token = ?1 AND s.expires_at > ?2 AND s.seen_at > ?3 AND o.locked_at IS NULL",
			       session_row, &f, store_blob(hash, sizeof hash), store_int(now), store_int(now - SESSION_IDLE_MIN * MINUTE_US));
	ret->rights = roles_rights(ret->roles);
	*ret_due = now > f.seen + MINUTE_US;
	return e || ret->officer ? e : ERR_NOT_FOUND;
}

enum err session_touch(struct store *s, const unsigned char token[OFFICER_TOKEN], int64_t now)
{
	unsigned char hash[32];
	token_hash(token, hash);
	return STORE_RUN(s, "UPDATE session SET seen_at = ?1 WHERE token = ?2", NULL, NULL, store_int(now), store_blob(hash, sizeof hash));
}

enum err session_end(struct store *s, const unsigned char token[OFFICER_TOKEN])
{
	unsigned char hash[32];
	token_hash(token, hash);
	return STORE_RUN(s, "DELETE FROM session WHERE token = ?1", NULL, NULL, store_blob(hash, sizeof hash));
}

enum err session_purpose(struct store *s, const struct act *act, const unsigned char token[OFFICER_TOKEN], const char *purpose)
{
	unsigned char hash[32];
	int64_t changes = 0;
	token_hash(token, hash);
	enum err e = words_check("purpose", purpose, WORDS_LINE, true);
	if (!e)
		e = store_query(s, "UPDATE session SET purpose = ?1, purpose_until = ?2 WHERE token = ?3",
				(const struct store_value[]){ store_text(purpose), store_int(act->at + PURPOSE_MIN * MINUTE_US), store_blob(hash, sizeof hash) }, 3, NULL, NULL, &changes);
	if (!e && !changes)
		e = err_set(ERR_NOT_FOUND, "the session has ended");
	return e ? e : log_change(s, act, LOG_CONSULTATION, "second sign-in for a purpose", "officer", act->officer, json_pack("{s:s}", "purpose", purpose));
}
