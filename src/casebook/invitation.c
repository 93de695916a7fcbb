#include "casebook/officer_inside.h"

#include <string.h>

#include "casebook/log.h"

#define VALID_US (INVITATION_HOURS * 60 * MINUTE_US)

static enum err link_put(struct store *s, int64_t officer, int64_t made_by, int64_t now, unsigned char token[OFFICER_TOKEN])
{
	unsigned char hash[32];
	enum err e = token_make(token);
	token_hash(token, hash);
	return e ? e : STORE_RUN(s, "INSERT INTO invitation (token, officer, made_by, expires_at) VALUES (?1, ?2, ?3, ?4)", NULL, NULL, store_blob(hash, sizeof hash), officer ? store_int(officer) : store_null(),
				 made_by ? store_int(made_by) : store_null(), store_int(now + VALID_US));
}

static enum err nobody_yet(struct store *s)
{
	int64_t n = 0;
	enum err e = store_query_int(s, "SELECT count(*) FROM officer WHERE password IS NOT NULL", NULL, 0, &n);
	return e || !n ? e : err_set(ERR_EXISTS, "there are officers already: an administrator invites others");
}

enum err invitation_first(struct store *s, int64_t now, unsigned char ret_token[OFFICER_TOKEN])
{
	enum err e = nobody_yet(s);
	if (!e)
		e = store_query(s, "DELETE FROM invitation WHERE officer IS NULL AND used_at IS NULL", NULL, 0, NULL, NULL, NULL);
	return e ? e : link_put(s, 0, 0, now, ret_token);
}

enum err invitation_make(struct store *s, const struct act *act, int64_t officer, unsigned char ret_token[OFFICER_TOKEN])
{
	enum err e = STORE_RUN(s, "DELETE FROM invitation WHERE officer = ?1 AND used_at IS NULL", NULL, NULL, store_int(officer));
	if (!e)
		e = link_put(s, officer, act->officer, act->at, ret_token);
	if (e == ERR_CHANGED)
		return err_set(ERR_NOT_FOUND, "there is no officer %lld", (long long)officer);
	return e ? e : log_change(s, act, LOG_ALTERATION, "link to choose a password made", "officer", officer, NULL);
}

static enum err found_row(void *context, const struct store_row *row)
{
	json_t **ret = context;
	*ret = store_row_null(row, 0) ? json_pack("{s:b}", "first", 1) : json_pack("{s:I,s:s,s:s}", "officer", (json_int_t)store_row_int(row, 0), "name", store_row_text(row, 1), "display_name", store_row_text(row, 2));
	return *ret ? OK : ERR_NOMEM;
}

enum err invitation_find(struct store *s, const unsigned char token[OFFICER_TOKEN], int64_t now, json_t **ret)
{
	unsigned char hash[32];
	token_hash(token, hash);
	*ret = NULL;
	enum err e = STORE_RUN(s,
			       "SELECT i.officer, o.name, o.display_name FROM invitation i LEFT JOIN officer o ON o.id = i.officer WHERE i.token = ?1 AND i.used_at IS NULL AND i.expires_at > ?2 AND o.locked_at IS NULL",
			       found_row, ret, store_blob(hash, sizeof hash), store_int(now));
	return e || *ret ? e : err_set(ERR_NOT_FOUND, "this link was used, is too old or was never made");
}

enum err invitation_take(struct store *s, const unsigned char token[OFFICER_TOKEN], const char *name, const char *display_name, const char *password, int64_t now, int64_t *ret_officer)
{
	unsigned char hash[32];
	json_t *found = NULL;
	struct act act = { .at = now };
	token_hash(token, hash);
	enum err e = invitation_find(s, token, now, &found);
	*ret_officer = json_integer_value(json_object_get(found, "officer"));
	json_decref(found);
	if (!e && !*ret_officer) {
		if (!(e = nobody_yet(s)))
			e = officer_insert(s, &act, &(struct officer_new){ name, display_name, NULL, 1U << role_find("administrator") }, password, ret_officer);
	} else if (!e) {
		act.officer = *ret_officer;
		e = STORE_RUN(s, "UPDATE officer SET password = ?1 WHERE id = ?2", NULL, NULL, store_text(password), store_int(*ret_officer));
		if (!e)
			e = STORE_RUN(s, "DELETE FROM session WHERE officer = ?1", NULL, NULL, store_int(*ret_officer));
		if (!e)
			e = log_change(s, &act, LOG_ALTERATION, "password chosen", "officer", *ret_officer, NULL);
	}
	return e ? e : STORE_RUN(s, "UPDATE invitation SET used_at = ?1 WHERE token = ?2", NULL, NULL, store_int(now), store_blob(hash, sizeof hash));
}
