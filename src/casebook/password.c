#include "casebook/officer_inside.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

/* 64 MiB a hash: fifty sign-ins at once must not take 3 GB, so one at a time. */
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
enum { OPS = 3 };
#define MEMORY ((size_t)64 << 20)

/* Those that every list of stolen passwords begins with and that are long enough to be tried here, and what a prison's staff would think of first. */
static const char *const common[] = {
	"password1234", "password12345", "passwordpassword", "123456789012", "1234567890123", "qwertyuiop123", "qwertyuiopasdf", "iloveyou1234", "administrator", "administrator1", "letmeinletmein", "welcome12345",
	"prisonservice", "prisonofficer", "custos123456", "custoscustos", "changemenow1", "correcthorsebatterystaple", "111111111111", "000000000000", "aaaaaaaaaaaa", "abcdefghijkl", "abc123abc123", "trustno1trustno1",
};

static void fold(const char *text, char *out, size_t room)
{
	size_t i = 0;
	for (; text[i] && i + 1 < room; i++)
		out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
	out[i] = 0;
}

enum err password_check(const char *password, const char *name)
{
	char folded[PASSWORD_MOST + 1], folded_name[OFFICER_NAME + 1];
	size_t n = password ? strlen(password) : 0, characters = 0, different = 0;
	bool seen[256] = { false };
	for (size_t i = 0; i < n; i++) {
		characters += ((unsigned char)password[i] & 0xC0) != 0x80;
		different += !seen[(unsigned char)password[i]];
		seen[(unsigned char)password[i]] = true;
	}
	if (characters < PASSWORD_LEAST)
		return err_set(ERR_USAGE, "password: use at least %d characters; three words that have nothing to do with each other are good", PASSWORD_LEAST);
	if (n > PASSWORD_MOST)
		return err_set(ERR_USAGE, "password: use at most %d bytes", PASSWORD_MOST);
	fold(password, folded, sizeof folded);
	fold(name ? name : "", folded_name, sizeof folded_name);
	bool known = different < 5 || (strlen(folded_name) >= 4 && strstr(folded, folded_name));
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
		known = known || strcmp(folded, common[i]) == 0;
	return known ? err_set(ERR_USAGE, "password: is one that others would try first; choose another") : OK;
}

enum err password_hash(const char *password, char ret[PASSWORD_HASH])
{
	_Static_assert(crypto_pwhash_STRBYTES <= PASSWORD_HASH, "room for the hash");
	if (sodium_init() < 0)
		return err_set(ERR_UNSUPPORTED, "libsodium does not start");
	pthread_mutex_lock(&one);
	int bad = crypto_pwhash_str_alg(ret, password, strlen(password), OPS, MEMORY, crypto_pwhash_ALG_ARGON2ID13);
	pthread_mutex_unlock(&one);
	return bad ? ERR_NOMEM : OK;
}

bool sign_in_right(const struct sign_in *in, const char *password)
{
	/* The hash of nobody's password: names that do not exist take as long as those that do. */
	static char nobody[PASSWORD_HASH];
	const char *hash = in->hash;
	if (sodium_init() < 0)
		return false;
	if (!*hash) {
		pthread_mutex_lock(&one);
		if (!*nobody && crypto_pwhash_str_alg(nobody, "nobody", 6, OPS, MEMORY, crypto_pwhash_ALG_ARGON2ID13))
			*nobody = 0;
		pthread_mutex_unlock(&one);
		hash = nobody;
	}
	pthread_mutex_lock(&one);
	bool right = strlen(password) <= PASSWORD_MOST && crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
	pthread_mutex_unlock(&one);
	return right && *in->hash && in->officer;
}
