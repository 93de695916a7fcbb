/* officer: who works here: names, roles, what each role may do; passwords, sign-in, sessions, one-time links.
 *
 * Tokens are 32 random bytes; the casebook knows them by SHA-256 only. Passwords: argon2id (libsodium's crypto_pwhash_str), 64 MiB a hash, one at a time in a process.
 * Functions that hash a password touch no store: a transaction never waits for one.
 */
#ifndef CUSTOS_CASEBOOK_OFFICER_H
#define CUSTOS_CASEBOOK_OFFICER_H

#include "casebook/act.h"

enum right {
	RIGHT_EXHIBIT_READ = 1 << 0,   /* the register: marks, seals, hand-overs; not what is on a device */
	RIGHT_EXHIBIT_WRITE = 1 << 1,  /* register exhibits, hand them over */
	RIGHT_EVIDENCE = 1 << 2,       /* upload an extraction, have it examined */
	RIGHT_RECORD_READ = 1 << 3,    /* what is on a device: messages, pictures, places */
	RIGHT_PERSON_READ = 1 << 4,
	RIGHT_PERSON_WRITE = 1 << 5,
	RIGHT_CASE_READ = 1 << 6,      /* cases that name the officer */
	RIGHT_CASE_WRITE = 1 << 7,
	RIGHT_CASE_ALL = 1 << 8,       /* every case */
	RIGHT_SEARCH = 1 << 9,         /* across all exhibits */
	RIGHT_SAFEGUARDING = 1 << 10,  /* conversations in which a child may be at risk */
	RIGHT_LOG_READ = 1 << 11,      /* the custody log, proofs, export */
	RIGHT_ACCESS = 1 << 12,        /* supervise internet sessions */
	RIGHT_LIAISON = 1 << 13,       /* referrals, requests to platforms, charges */
	RIGHT_ADMIN = 1 << 14,         /* officers, roles, lists, keys, retention; of itself no phone's contents */
};

struct role {
	const char *name, *about; /* "examiner", one line */
	uint32_t rights;
};
extern const struct role roles[];
extern const int role_count;
/* Index in roles[], or -1. A set of roles is a bit mask of indices. */
int role_find(const char *name);
uint32_t roles_rights(uint32_t set);

enum { OFFICER_NAME = 64, OFFICER_TOKEN = 32, PASSWORD_HASH = 128, PASSWORD_LEAST = 12, PASSWORD_MOST = 200 };

struct officer_new {
	const char *name;          /* signs in with it: letters, digits, . - _ @; folded to lower case */
	const char *display_name;
	const char *establishment; /* code, or NULL */
	uint32_t roles;
};
/* No password: a one-time link (invitation_make) lets the officer choose one. */
enum err officer_add(struct store *s, const struct act *act, const struct officer_new *o, int64_t *ret_id);
/* Name stays. Nobody takes away the last unlocked administrator: ERR_CHANGED. A locked officer's sessions end. */
enum err officer_change(struct store *s, const struct act *act, int64_t id, const struct officer_new *o, bool locked);
/* [{id, name, display_name, establishment, roles: [..], created_at, locked_at, seen_at, has_password}] */
enum err officer_list(struct store *s, json_t *array);
enum err officer_one(struct store *s, int64_t id, json_t **ret);

/* --- passwords: no store --- */

/* ERR_USAGE with "password: …" for one that is too short, common, or made of the name. */
enum err password_check(const char *password, const char *name);
enum err password_hash(const char *password, char ret[PASSWORD_HASH]);

/* --- one-time links --- */

enum { INVITATION_HOURS = 72 };
/* Where nobody is an officer yet: a link that makes the administrator; earlier ones of the kind end. ERR_EXISTS: there is an officer. */
enum err invitation_first(struct store *s, int64_t now, unsigned char ret_token[OFFICER_TOKEN]);
/* To choose a (new) password. */
enum err invitation_make(struct store *s, const struct act *act, int64_t officer, unsigned char ret_token[OFFICER_TOKEN]);
/* {first: true} or {officer, name, display_name}. ERR_NOT_FOUND: unknown, used or too old. */
enum err invitation_find(struct store *s, const unsigned char token[OFFICER_TOKEN], int64_t now, json_t **ret);
/* Used once. `name`, `display_name`: of the first administrator; else NULL. Ends the officer's other sessions. */
enum err invitation_take(struct store *s, const unsigned char token[OFFICER_TOKEN], const char *name, const char *display_name, const char *hash, int64_t now, int64_t *ret_officer);

/* --- sign-in, in three steps --- */

struct sign_in {
	int64_t officer;                /* 0: nobody of that name; all else goes the same way */
	char name[OFFICER_NAME + 1], hash[PASSWORD_HASH];
};
/* ERR_BUSY, with how long to wait, while the delay that failures brought runs: by name and by address, doubling to 15 minutes, never for ever. */
enum err sign_in_begin(struct store *s, const char *name, const char *address, int64_t now, struct sign_in *ret);
/* Slow, the same for names that are nobody's. */
bool sign_in_right(const struct sign_in *in, const char *password);
/* Within store_transact(). A wrong password is noted, and is no error: *ret_in says whether there is a session now. */
enum err sign_in_end(struct store *s, const struct sign_in *in, bool right, const char *address, int64_t now, bool *ret_in, unsigned char ret_token[OFFICER_TOKEN]);

/* --- sessions --- */

enum { SESSION_IDLE_MIN = 30, SESSION_MOST_H = 12, PURPOSE_MIN = 15 };

struct officer_session {
	int64_t officer;
	char name[OFFICER_NAME + 1], display_name[201];
	uint32_t roles, rights;
	unsigned char csrf[32];
	int64_t purpose_until; /* 0: no second sign-in */
	char purpose[301];
};
/* ERR_NOT_FOUND: none, ended, idle too long. *ret_due: session_touch is due (once a minute). */
enum err session_find(struct store *s, const unsigned char token[OFFICER_TOKEN], int64_t now, struct officer_session *ret, bool *ret_due);
enum err session_touch(struct store *s, const unsigned char token[OFFICER_TOKEN], int64_t now);
enum err session_end(struct store *s, const unsigned char token[OFFICER_TOKEN]);
/* A second sign-in for a purpose, for PURPOSE_MIN minutes: the caller has checked the password. */
enum err session_purpose(struct store *s, const struct act *act, const unsigned char token[OFFICER_TOKEN], const char *purpose);

#endif
