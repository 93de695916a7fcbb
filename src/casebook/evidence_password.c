#include "casebook/evidence_password.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "base/text.h"
#include "casebook/log.h"

enum { KEY = crypto_secretbox_KEYBYTES, NONCE = crypto_secretbox_NONCEBYTES, PLAIN = EVIDENCE_PASSWORD + 1, BOX = PLAIN + crypto_secretbox_MACBYTES, NAME = 60, STORE_WAIT_MS = 5000, LEFT_S = 3600 };

static enum err password_check(const char *password)
{
	size_t n = strlen(password);
	if (n > EVIDENCE_PASSWORD)
		return err_set(ERR_USAGE, "password: is too long; at most %d bytes", EVIDENCE_PASSWORD);
	if (utf8_valid(password, n) != n)
		return err_set(ERR_USAGE, "password: is no UTF-8 text");
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)password[i] < ' ' || password[i] == 127)
			return err_set(ERR_USAGE, "password: holds a control character");
	return n ? OK : err_set(ERR_USAGE, "password: is missing");
}

/* DATA/passwords, made where it is absent: a descriptor. */
static enum err folder_open(const char *folder, int *ret)
{
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s/passwords", folder) >= (int)sizeof path)
		return err_set(ERR_LIMIT, "%s: the path is too long", folder);
	if (mkdir(path, 0700) && errno != EEXIST)
		return err_errno("%s", path);
	*ret = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	return *ret < 0 ? err_errno("%s", path) : OK;
}

/* EXAMINATION-RANDOM: a transaction that runs twice writes two. On disk before the box is: a power cut between leaves a key, not a box. */
static enum err key_write(const char *folder, int64_t examination, const unsigned char key[KEY], char name[NAME])
{
	unsigned char random[16];
	char hex[2 * sizeof random + 1];
	int at = -1;
	enum err e = folder_open(folder, &at);
	if (e)
		return e;
	randombytes_buf(random, sizeof random);
	snprintf(name, NAME, "%lld-%s", (long long)examination, sodium_bin2hex(hex, sizeof hex, random, sizeof random));
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || write(fd, key, KEY) != KEY || fsync(fd) || fsync(at))
		e = err_errno("%s/passwords/%s", folder, name);
	if (e && fd >= 0)
		unlinkat(at, name, 0);
	if (fd >= 0)
		close(fd);
	close(at);
	return e;
}

static bool key_read(const char *folder, const char *name, unsigned char key[KEY])
{
	int at = -1;
	if (strchr(name, '/') || folder_open(folder, &at))
		return false;
	int fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool whole = fd >= 0 && read(fd, key, KEY) == KEY;
	if (fd >= 0)
		close(fd);
	close(at);
	return whole;
}

/* Written over first: where a file system writes in place, the bytes are gone, too. */
static void key_remove(int at, const char *name)
{
	static const unsigned char nothing[KEY];
	int fd = openat(at, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && write(fd, nothing, KEY) == KEY)
		fdatasync(fd);
	if (fd >= 0)
		close(fd);
	unlinkat(at, name, 0);
}

enum err evidence_password_give(struct store *s, const struct act *act, const char *folder, int64_t examination, const char *password)
{
	unsigned char key[KEY], nonce[NONCE], plain[PLAIN] = { 0 }, box[BOX];
	char name[NAME];
	int64_t exhibit = 0;
	enum err e = sodium_init() < 0 ? err_set(ERR_UNSUPPORTED, "libsodium does not start") : password_check(password);
	if (!e)
		e = store_query_int(s, "SELECT exhibit FROM examination WHERE id = ?1", (const struct store_value[]){ store_int(examination) }, 1, &exhibit);
	if (e)
		return e;
	crypto_secretbox_keygen(key);
	randombytes_buf(nonce, sizeof nonce);
	memcpy(plain, password, strlen(password));
	crypto_secretbox_easy(box, plain, sizeof plain, nonce, key);
	e = key_write(folder, examination, key, name);
	sodium_memzero(plain, sizeof plain);
	sodium_memzero(key, sizeof key);
	if (!e)
		e = STORE_RUN(s, "INSERT INTO examination_password (examination, key_file, nonce, box) VALUES (?1, ?2, ?3, ?4)", NULL, NULL, store_int(examination), store_text(name), store_blob(nonce, sizeof nonce),
			      store_blob(box, sizeof box));
	return e ? e : log_change(s, act, LOG_COLLECTION, "password given for an examination", "exhibit", exhibit, json_pack("{s:I}", "examination", (json_int_t)examination));
}

struct sealed {
	const char *folder;
	char *password;
};

static enum err sealed_row(void *context, const struct store_row *row)
{
	struct sealed *x = context;
	unsigned char key[KEY], plain[PLAIN];
	struct store_value nonce = store_row_blob(row, 1), box = store_row_blob(row, 2);
	if (nonce.size == NONCE && box.size == BOX && key_read(x->folder, store_row_text(row, 0), key) && crypto_secretbox_open_easy(plain, box.bytes, BOX, nonce.bytes, key) == 0) {
		memcpy(x->password, plain, PLAIN);
		x->password[EVIDENCE_PASSWORD] = 0;
	}
	sodium_memzero(key, sizeof key);
	sodium_memzero(plain, sizeof plain);
	return OK;
}

enum err evidence_password_get(struct store *s, const char *folder, int64_t examination, char ret[EVIDENCE_PASSWORD + 1])
{
	struct sealed x = { folder, ret };
	*ret = 0;
	if (sodium_init() < 0)
		return err_set(ERR_UNSUPPORTED, "libsodium does not start");
	return STORE_RUN(s, "SELECT key_file, nonce, box FROM examination_password WHERE examination = ?1", sealed_row, &x, store_int(examination));
}

enum err evidence_password_forget(struct store *s, int64_t examination)
{
	return STORE_RUN(s, "DELETE FROM examination_password WHERE examination = ?1 AND NOT EXISTS (SELECT 1 FROM job WHERE kind = 'examination' AND subject = ?1 AND state IN ('waiting', 'running'))", NULL, NULL,
			 store_int(examination));
}

/* 0: its box is there; 1: gone for good; 2: nothing is known of it: of a transaction that is not committed yet, or was undone. */
#define KEY_STATE \
	"SELECT CASE WHEN EXISTS (SELECT 1 FROM examination_password WHERE key_file = ?1) THEN 0 " \
	"WHEN EXISTS (SELECT 1 FROM job WHERE kind = 'examination' AND subject = ?2 AND state NOT IN ('waiting', 'running')) THEN 1 ELSE 2 END"

void evidence_password_tidy(struct store_pool *pool, const char *folder)
{
	char path[PATH_MAX];
	struct store *s = NULL;
	DIR *d = NULL;
	if (snprintf(path, sizeof path, "%s/passwords", folder) < (int)sizeof path)
		d = opendir(path);
	if (!d)
		return;
	for (struct dirent *x; (x = readdir(d));) {
		char *end;
		struct stat st;
		int64_t examination = strtoll(x->d_name, &end, 10), state = 0;
		if (*x->d_name < '1' || *x->d_name > '9' || *end != '-' || (!s && store_get(pool, STORE_WAIT_MS, &s)))
			continue;
		if (store_query_int(s, KEY_STATE, (const struct store_value[]){ store_text(x->d_name), store_int(examination) }, 2, &state))
			continue;
		if (state == 1 || (state == 2 && fstatat(dirfd(d), x->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && time(NULL) - st.st_mtime > LEFT_S))
			key_remove(dirfd(d), x->d_name);
	}
	store_put(pool, s);
	closedir(d);
}
