#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/pages/pages.h"

enum err sign_in_show(struct request *r) { return request_title(r, "Sign in"); }

struct attempt {
	struct request *r;
	struct sign_in in;
	bool right, session;
	unsigned char token[OFFICER_TOKEN];
};

static enum err attempt_end(void *context, struct store *s)
{
	struct attempt *a = context;
	return sign_in_end(s, &a->in, a->right, a->r->address, a->r->act.at, &a->session, a->token);
}

static enum err attempt(struct request *r, struct attempt *a)
{
	*a = (struct attempt){ .r = r };
	enum err e = sign_in_begin(r->store, request_field(r, "name"), r->address, r->act.at, &a->in);
	if (e)
		return e;
	a->right = sign_in_right(&a->in, request_field(r, "password"));
	return store_transact(r->store, attempt_end, a);
}

enum err sign_in_act(struct request *r)
{
	struct attempt a;
	enum err e = attempt(r, &a);
	if (e)
		return e;
	if (!a.session) {
		request_wrong(r, "password", "The name or the password is wrong");
		return err_set(ERR_PASSWORD, "the name or the password is wrong");
	}
	if (r->api) {
		struct buf hex = { 0 };
		buf_hex(&hex, a.token, sizeof a.token);
		e = hex.failed ? ERR_NOMEM : request_set_text(r, "token", hex.data);
		buf_free(&hex);
		return e;
	}
	e = request_session(r, a.token);
	return e ? e : request_go(r, "/");
}

enum err sign_out_act(struct request *r)
{
	enum err e = request_token(r) ? session_end(r->store, request_token(r)) : OK;
	if (!e)
		e = request_session(r, NULL);
	return e ? e : request_go(r, "/sign-in");
}

static bool token_of(const char *word, unsigned char token[OFFICER_TOKEN])
{
	if (!word || strlen(word) != 2 * OFFICER_TOKEN || strspn(word, "0123456789abcdef") != 2 * OFFICER_TOKEN)
		return false;
	for (int i = 0; i < OFFICER_TOKEN; i++)
		token[i] = (unsigned char)strtoul((char[]){ word[2 * i], word[2 * i + 1], 0 }, NULL, 16);
	return true;
}

static enum err invitation_of(struct request *r, unsigned char token[OFFICER_TOKEN], json_t **ret)
{
	if (!token_of(r->words[0], token))
		return ERR_NOT_FOUND;
	return invitation_find(r->store, token, r->act.at, ret);
}

enum err invitation_show(struct request *r)
{
	unsigned char token[OFFICER_TOKEN];
	json_t *found = NULL;
	enum err e = invitation_of(r, token, &found);
	if (e)
		return e;
	const char *name = json_string_value(json_object_get(found, "name"));
	e = name ? request_title(r, "Choose your password, %s", json_string_value(json_object_get(found, "display_name"))) : request_title(r, "Make the first administrator");
	if (!e && name)
		e = values_set(r, "name", name);
	if (!e && name)
		e = values_set(r, "display_name", json_string_value(json_object_get(found, "display_name")));
	json_decref(found);
	return e ? e : request_set_text(r, "intro", "This link works once. A good password is three words that have nothing to do with each other; nobody will ever ask you for it.");
}

struct taking {
	struct request *r;
	unsigned char token[OFFICER_TOKEN];
	char hash[PASSWORD_HASH];
	int64_t officer;
};

static enum err take(void *context, struct store *s)
{
	struct taking *t = context;
	return invitation_take(s, t->token, request_field(t->r, "name"), request_field(t->r, "display_name"), t->hash, t->r->act.at, &t->officer);
}

enum err invitation_act(struct request *r)
{
	struct taking t = { .r = r };
	json_t *found = NULL;
	enum err e = invitation_of(r, t.token, &found);
	const char *name = json_string_value(json_object_get(found, "name"));
	if (!e)
		e = password_check(request_field(r, "password"), name ? name : request_field(r, "name"));
	json_decref(found);
	if (!e && strcmp(request_field(r, "password"), request_field(r, "again")) != 0)
		e = request_wrong(r, "again", "The two passwords differ");
	if (!e)
		e = password_hash(request_field(r, "password"), t.hash);
	if (!e)
		e = store_transact(r->store, take, &t);
	return e ? e : request_go(r, "/sign-in");
}

enum err purpose_show(struct request *r)
{
	enum err e = request_title(r, "Sign in a second time, for a purpose");
	return e ? e : request_set_text(r, "intro", "For a quarter of an hour you may then see what is shown for a recorded purpose alone. What you write here is in the custody log.");
}

static enum err purpose_keep(void *context, struct store *s)
{
	struct request *r = context;
	return session_purpose(s, &r->act, request_token(r), request_field(r, "purpose"));
}

enum err purpose_act(struct request *r)
{
	struct sign_in in;
	if (!*request_field(r, "purpose"))
		return request_wrong(r, "purpose", "Say what for");
	enum err e = sign_in_begin(r->store, r->who->name, r->address, r->act.at, &in);
	if (e)
		return e;
	if (!sign_in_right(&in, request_field(r, "password")))
		return request_wrong(r, "password", "The password is wrong");
	e = store_transact(r->store, purpose_keep, r);
	return e ? e : request_go(r, "/");
}
