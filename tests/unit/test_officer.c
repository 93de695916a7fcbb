/* Officers, passwords, sign-in, sessions, links, with both engines. */
#include "casebook/officer.h"

#include <string.h>

#include "both.h"

#define MINUTE ((int64_t)60000000)
#define NOW ((int64_t)1764000000000000)

struct asked {
	const char *name, *display, *hash, *address;
	unsigned char token[32];
	int64_t id, now;
	uint32_t roles;
	bool locked, right, in;
	struct sign_in in_begun;
};

static enum err first_do(void *c, struct store *s) { return invitation_first(s, ((struct asked *)c)->now, ((struct asked *)c)->token); }
static enum err take_do(void *c, struct store *s)
{
	struct asked *a = c;
	return invitation_take(s, a->token, a->name, a->display, a->hash, a->now, &a->id);
}
static enum err add_do(void *c, struct store *s)
{
	struct asked *a = c;
	return officer_add(s, &(struct act){ .officer = 1, .at = a->now }, &(struct officer_new){ a->name, a->display, NULL, a->roles }, &a->id);
}
static enum err change_do(void *c, struct store *s)
{
	struct asked *a = c;
	return officer_change(s, &(struct act){ .officer = 1, .at = a->now }, a->id, &(struct officer_new){ a->name, a->display, NULL, a->roles }, a->locked);
}
static enum err invite_do(void *c, struct store *s)
{
	struct asked *a = c;
	return invitation_make(s, &(struct act){ .officer = 1, .at = a->now }, a->id, a->token);
}
static enum err end_do(void *c, struct store *s)
{
	struct asked *a = c;
	return sign_in_end(s, &a->in_begun, a->right, a->address, a->now, &a->in, a->token);
}
static enum err touch_do(void *c, struct store *s) { return session_touch(s, ((struct asked *)c)->token, ((struct asked *)c)->now); }
static enum err out_do(void *c, struct store *s) { return session_end(s, ((struct asked *)c)->token); }
static enum err purpose_do(void *c, struct store *s)
{
	struct asked *a = c;
	return session_purpose(s, &(struct act){ .officer = a->id, .at = a->now }, a->token, a->display);
}

static uint32_t role(const char *name) { return 1U << role_find(name); }

static const char words[] = "three unrelated words";

/* Signs in; true when there is a session. */
static bool sign_in(struct store *s, struct asked *a, const char *name, const char *password)
{
	a->in = false;
	if (sign_in_begin(s, name, a->address, a->now, &a->in_begun))
		return false;
	a->right = sign_in_right(&a->in_begun, password);
	CHECK_INT(store_transact(s, end_do, a), OK);
	return a->in;
}

static void administrator(struct store *s, const char *hash)
{
	struct asked a = { .name = "Ada.Admin", .display = "Ada Admin", .hash = hash, .now = NOW };
	CHECK_INT(store_transact(s, first_do, &a), OK);
	CHECK_INT(store_transact(s, take_do, &a), OK);
	CHECK_INT(a.id, 1);
}

TEST(the_first_link_makes_the_administrator_once)
{
	char hash[PASSWORD_HASH];
	opened("officer1", 1);
	struct store *s = borrowed();
	struct asked a = { .name = "Ada.Admin", .display = "Ada Admin", .now = NOW }, old;
	json_t *found = NULL;
	CHECK_INT(password_hash(words, hash), OK);
	CHECK(strncmp(hash, "$argon2id$", 10) == 0);
	a.hash = hash;
	CHECK_INT(store_transact(s, first_do, &a), OK);
	old = a;
	CHECK_INT(store_transact(s, first_do, &a), OK); /* started again: the new link holds, the old one does not */
	CHECK_INT(invitation_find(s, old.token, NOW, &found), ERR_NOT_FOUND);
	CHECK_INT(invitation_find(s, a.token, NOW + 73 * 60 * MINUTE, &found), ERR_NOT_FOUND);
	CHECK_INT(invitation_find(s, a.token, NOW, &found), OK);
	CHECK(json_is_true(json_object_get(found, "first")));
	json_decref(found);
	CHECK_INT(store_transact(s, take_do, &(struct asked){ .name = "a b", .display = "x", .hash = hash, .now = NOW }), ERR_NOT_FOUND);
	a.name = "no spaces";
	CHECK_INT(store_transact(s, take_do, &a), ERR_USAGE);
	a.name = "Ada.Admin";
	CHECK_INT(store_transact(s, take_do, &a), OK);
	CHECK_INT(store_transact(s, take_do, &a), ERR_NOT_FOUND);
	CHECK_INT(store_transact(s, first_do, &a), ERR_EXISTS);
	json_t *one = NULL;
	CHECK_INT(officer_one(s, 1, &one), OK);
	CHECK_TEXT(json_string_value(json_object_get(one, "name")), "ada.admin");
	CHECK_TEXT(json_string_value(json_array_get(json_object_get(one, "roles"), 0)), "administrator");
	json_decref(one);
	CHECK_INT(officer_one(s, 99, &one), ERR_NOT_FOUND);
	given_back(s);
}

TEST(sessions_begin_and_end)
{
	char hash[PASSWORD_HASH];
	opened("officer2", 1);
	struct store *s = borrowed();
	struct officer_session who;
	bool due;
	CHECK_INT(password_hash(words, hash), OK);
	administrator(s, hash);
	struct asked a = { .address = "192.0.2.1", .now = NOW };
	CHECK(!sign_in(s, &a, "nobody.here", words));
	CHECK(!sign_in(s, &a, "ada.admin", "something else"));
	CHECK(sign_in(s, &a, "ADA.admin", words));
	CHECK_INT(session_find(s, a.token, NOW + 1, &who, &due), OK);
	CHECK(who.officer == 1 && who.roles == role("administrator") && (who.rights & RIGHT_ADMIN) && !(who.rights & RIGHT_RECORD_READ) && !due);
	CHECK_TEXT(who.display_name, "Ada Admin");
	CHECK_INT(session_find(s, a.token, NOW + 29 * MINUTE, &who, &due), OK);
	CHECK(due);
	CHECK_INT(session_find(s, a.token, NOW + 31 * MINUTE, &who, &due), ERR_NOT_FOUND); /* idle */
	a.now = NOW + 29 * MINUTE;
	CHECK_INT(store_transact(s, touch_do, &a), OK);
	CHECK_INT(session_find(s, a.token, NOW + 31 * MINUTE, &who, &due), OK);
	for (int64_t at = NOW; at < NOW + 13 * 60 * MINUTE; at += 20 * MINUTE) {
		a.now = at;
		CHECK_INT(store_transact(s, touch_do, &a), OK);
	}
	CHECK_INT(session_find(s, a.token, NOW + 12 * 60 * MINUTE + 1, &who, &due), ERR_NOT_FOUND); /* a working day at most */
	a.now = NOW;
	CHECK(sign_in(s, &a, "ada.admin", words));
	a.id = 1;
	a.display = "referral to the police";
	CHECK_INT(store_transact(s, purpose_do, &a), OK);
	CHECK_INT(session_find(s, a.token, NOW + 14 * MINUTE, &who, &due), OK);
	CHECK_TEXT(who.purpose, "referral to the police");
	CHECK_INT(session_find(s, a.token, NOW + 16 * MINUTE, &who, &due), OK);
	CHECK(!who.purpose_until && !*who.purpose);
	CHECK_INT(store_transact(s, out_do, &a), OK);
	CHECK_INT(session_find(s, a.token, NOW, &who, &due), ERR_NOT_FOUND);
	a.token[0] ^= 1;
	CHECK_INT(session_find(s, a.token, NOW, &who, &due), ERR_NOT_FOUND);
	given_back(s);
}

TEST(wrong_passwords_bring_a_growing_delay)
{
	opened("officer3", 1);
	struct store *s = borrowed();
	struct asked a = { .address = "192.0.2.1", .now = NOW, .right = false };
	for (int i = 0; i < 3; i++) {
		CHECK_INT(sign_in_begin(s, "ada", a.address, a.now, &a.in_begun), OK);
		CHECK_INT(store_transact(s, end_do, &a), OK);
		CHECK(!a.in);
	}
	CHECK_INT(sign_in_begin(s, "ada", a.address, a.now, &a.in_begun), ERR_BUSY);
	CHECK_INT(sign_in_begin(s, "ADA", "192.0.2.9", a.now, &a.in_begun), ERR_BUSY);  /* by name, wherever from */
	CHECK_INT(sign_in_begin(s, "other", a.address, a.now, &a.in_begun), OK);         /* one address may be a whole prison: more patience */
	CHECK_INT(sign_in_begin(s, "ada", a.address, a.now - 3600000000, &a.in_begun), OK); /* a clock that went back */
	a.now += 1000001;
	CHECK_INT(sign_in_begin(s, "ada", a.address, a.now, &a.in_begun), OK);
	for (int i = 0; i < 30; i++)
		CHECK_INT(store_transact(s, end_do, &a), OK);
	CHECK_INT(sign_in_begin(s, "ada", a.address, a.now + 14 * MINUTE, &a.in_begun), ERR_BUSY);
	CHECK_INT(sign_in_begin(s, "ada", a.address, a.now + 15 * MINUTE, &a.in_begun), OK); /* never for ever */
	CHECK_INT(sign_in_begin(s, "somebody", a.address, a.now, &a.in_begun), ERR_BUSY);     /* many from one address */
	given_back(s);
}

TEST(officers_change_and_are_locked)
{
	char hash[PASSWORD_HASH];
	opened("officer4", 1);
	struct store *s = borrowed();
	struct officer_session who;
	bool due;
	CHECK_INT(password_hash(words, hash), OK);
	administrator(s, hash);
	struct asked a = { .name = "erin", .display = "Erin Examiner", .now = NOW, .roles = role("examiner") | role("liaison"), .address = "192.0.2.1" };
	CHECK_INT(store_transact(s, add_do, &a), OK);
	struct asked again = a;
	CHECK_INT(store_transact(s, add_do, &again), ERR_EXISTS);
	CHECK_INT(store_transact(s, add_do, &(struct asked){ .name = "x y", .display = "X", .roles = 1, .now = NOW }), ERR_USAGE);
	CHECK_INT(store_transact(s, add_do, &(struct asked){ .name = "xy", .display = "", .roles = 1, .now = NOW }), ERR_USAGE);
	CHECK_INT(store_transact(s, add_do, &(struct asked){ .name = "xy", .display = "X", .roles = 0, .now = NOW }), ERR_USAGE);
	int64_t erin = a.id;
	CHECK(!sign_in(s, &a, "erin", words)); /* no password yet */
	CHECK_INT(store_transact(s, invite_do, &a), OK);
	struct asked taken = { .hash = hash, .now = NOW };
	memcpy(taken.token, a.token, 32);
	CHECK_INT(store_transact(s, take_do, &taken), OK);
	CHECK_INT(taken.id, erin);
	CHECK(sign_in(s, &a, "erin", words));
	CHECK_INT(session_find(s, a.token, NOW, &who, &due), OK);
	CHECK((who.rights & (RIGHT_EVIDENCE | RIGHT_LIAISON | RIGHT_RECORD_READ)) == (RIGHT_EVIDENCE | RIGHT_LIAISON | RIGHT_RECORD_READ) && !(who.rights & RIGHT_ADMIN));
	a.roles = role("gate");
	CHECK_INT(store_transact(s, change_do, &a), OK);
	CHECK_INT(session_find(s, a.token, NOW, &who, &due), OK); /* at once, not at the next sign-in */
	CHECK(!(who.rights & RIGHT_RECORD_READ));
	a.locked = true;
	CHECK_INT(store_transact(s, change_do, &a), OK);
	CHECK_INT(session_find(s, a.token, NOW, &who, &due), ERR_NOT_FOUND);
	CHECK(!sign_in(s, &a, "erin", words));
	a.locked = false;
	CHECK_INT(store_transact(s, change_do, &a), OK);
	CHECK(sign_in(s, &a, "erin", words));
	struct asked last = { .id = 1, .name = "ada.admin", .display = "Ada", .roles = role("auditor"), .now = NOW };
	CHECK_INT(store_transact(s, change_do, &last), ERR_CHANGED);
	last.roles = role("administrator");
	last.locked = true;
	CHECK_INT(store_transact(s, change_do, &last), ERR_CHANGED);
	json_t *list = json_array();
	CHECK_INT(officer_list(s, list), OK);
	CHECK_INT((int)json_array_size(list), 2);
	CHECK_TEXT(json_string_value(json_object_get(json_array_get(list, 1), "display_name")), "Erin Examiner");
	CHECK(json_is_null(json_object_get(json_array_get(list, 0), "locked_at")));
	json_decref(list);
	given_back(s);
}

TEST(passwords_that_others_would_try_first)
{
	CHECK_INT(password_check("short", "ada"), ERR_USAGE);
	CHECK_INT(password_check("Password1234", "ada"), ERR_USAGE);
	CHECK_INT(password_check("abababababababab", "ada"), ERR_USAGE);
	CHECK_INT(password_check("xx Ada.Admin xx", "ada.admin"), ERR_USAGE);
	CHECK_INT(password_check("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc", "ada"), ERR_USAGE); /* six characters in twelve bytes */
	CHECK_INT(password_check(words, "ada.admin"), OK);
}

static void all(void)
{
	RUN(the_first_link_makes_the_administrator_once);
	RUN(sessions_begin_and_end);
	RUN(wrong_passwords_bring_a_growing_delay);
	RUN(officers_change_and_are_locked);
	RUN(passwords_that_others_would_try_first);
}

int main(void) { return both_run(all); }
