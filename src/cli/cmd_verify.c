#include <getopt.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/password.h"
#include "cli/table.h"
#include "evidence/evidence.h"
#include "exhibit/exhibit.h"

struct verify {
	sqlite3 *db;
	int differences;
	long long files;
};

static void report(void *context, const char *line)
{
	struct verify *v = context;
	struct buf safe = { 0 };
	table_safe(&safe, line, strlen(line));
	v->differences++;
	printf("%sdiffers%s  %s\n", cli_style(STDOUT_FILENO, STYLE_RED), cli_style(STDOUT_FILENO, STYLE_PLAIN), safe.data ? safe.data : "");
	buf_free(&safe);
}

static enum err hash_sink(void *context, const void *bytes, size_t size)
{
	return EVP_DigestUpdate(context, bytes, size) == 1 ? OK : ERR_NOMEM;
}

/* One file of the exhibit against the evidence's. */
static void file_verify(struct verify *v, const struct evidence *e, sqlite3_stmt *q, EVP_MD_CTX *sha)
{
	const char *path = (const char *)sqlite3_column_text(q, 0);
	unsigned char hash[32];
	char line[4400];
	int64_t id = sqlite3_column_int64(q, 2);
	if (!path)
		path = "";
	const struct entry *entry = id >= 1 && (uint64_t)id <= evidence_count(e) ? evidence_entry(e, (size_t)id - 1) : NULL;
	if (!entry || strcmp(entry->path, path) != 0)
		entry = evidence_find(e, path);
	if (!entry) {
		snprintf(line, sizeof line, "%s is not in the evidence", path);
		report(v, line);
		return;
	}
	EVP_DigestInit_ex(sha, EVP_sha256(), NULL);
	enum err failed = evidence_read(e, entry, hash_sink, sha);
	EVP_DigestFinal_ex(sha, hash, NULL);
	v->files++;
	if (sqlite3_column_bytes(q, 1) != 32 || memcmp(hash, sqlite3_column_blob(q, 1), 32) != 0) {
		snprintf(line, sizeof line, "%s is not what was read%s%s", path, failed ? ": " : "", failed ? err_message() : "");
		report(v, line);
	}
}

static enum err evidence_verify(struct verify *v, struct sandbox *sandbox, const char *path, const char *password)
{
	struct evidence *e = NULL;
	struct evidence_options o = { .password = password, .sandbox = sandbox };
	enum err failed = evidence_open(path, &o, &e);
	if (failed)
		return failed;
	EVP_MD_CTX *sha = EVP_MD_CTX_new();
	sqlite3_stmt *q = NULL;
	if (!sha || sqlite3_prepare_v2(v->db, "SELECT path, sha256, id FROM file WHERE sha256 IS NOT NULL ORDER BY id", -1, &q, NULL) != SQLITE_OK)
		failed = err_set(ERR_FORMAT, "the list of files cannot be read: %s", sqlite3_errmsg(v->db));
	while (!failed && sqlite3_step(q) == SQLITE_ROW)
		file_verify(v, e, q, sha);
	sqlite3_finalize(q);
	sqlite3_int64 listed = 0;
	if (!failed && sqlite3_prepare_v2(v->db, "SELECT count(*) FROM file", -1, &q, NULL) == SQLITE_OK) {
		if (sqlite3_step(q) == SQLITE_ROW)
			listed = sqlite3_column_int64(q, 0);
		sqlite3_finalize(q);
		if ((size_t)listed != evidence_count(e)) {
			char line[120];
			snprintf(line, sizeof line, "the evidence has %zu entries, the exhibit %lld", evidence_count(e), (long long)listed);
			report(v, line);
		}
	}
	EVP_MD_CTX_free(sha);
	evidence_free(e);
	return failed;
}

int cmd_verify(const struct command *c, int argc, char **argv)
{
	static const struct option options[] = { { "password", required_argument, NULL, 'p' }, { "password-file", required_argument, NULL, 'f' },
						 { "root", required_argument, NULL, 'r' }, { 0 } };
	const char *password = NULL, *root = NULL;
	char room[1024];
	int opt;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == 'p')
			password = optarg;
		else if (opt == 'r')
			root = optarg;
		else if (opt == 'f' && password_read(optarg, room, sizeof room) == OK)
			password = room;
		else
			return cli_usage(c, "unknown option or missing value: %s", argv[optind - 1]);
	}
	if (optind == argc || argc - optind > 2)
		return cli_usage(c, "an exhibit is to be named, and at most one evidence");
	struct verify v = { 0 };
	struct exhibit_seal seal;
	static sandbox_fn *const workers[] = { evidence_manifest_worker };
	struct sandbox *sandbox = NULL;
	sqlite3_initialize();
	/* Before anything is opened: workers inherit this process as it is now. */
	enum err e = optind + 1 < argc ? sandbox_new(workers, 1, &sandbox) : OK;
	if (!e)
		e = exhibit_open(argv[optind], &v.db);
	if (e) {
		sandbox_free(sandbox);
		return cli_fail(e);
	}
	e = exhibit_verify(v.db, report, &v, &seal);
	if (root && strcasecmp(root, seal.root) != 0)
		report(&v, "the root hash is not the one given with --root");
	if (e == ERR_CHANGED)
		e = OK;
	if (!e && optind + 1 < argc)
		e = evidence_verify(&v, sandbox, argv[optind + 1], password);
	sqlite3_close(v.db);
	sandbox_free(sandbox);
	if (e)
		return cli_fail(e);
	printf("root  %s\nseal  %s\n", seal.root, seal.whole);
	if (optind + 1 < argc)
		printf("files %lld read again from the evidence\n", v.files);
	if (v.differences)
		printf("%sCHANGED%s  %d differences\n", cli_style(STDOUT_FILENO, STYLE_RED), cli_style(STDOUT_FILENO, STYLE_PLAIN), v.differences);
	else
		printf("%sunchanged%s\n", cli_style(STDOUT_FILENO, STYLE_GREEN), cli_style(STDOUT_FILENO, STYLE_PLAIN));
	return v.differences ? EXIT_DIFFERS : EXIT_OK;
}
