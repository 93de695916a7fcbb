/* What an examination follows from, as one hash: only what was found with the same may be taken up. */
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "examine/resume.h"

static void number_add(EVP_MD_CTX *h, uint64_t n) { EVP_DigestUpdate(h, &n, sizeof n); }

/* With its NUL, so that two texts are not one. */
static void text_add(EVP_MD_CTX *h, const char *text)
{
	number_add(h, text != NULL);
	if (text)
		EVP_DigestUpdate(h, text, strlen(text) + 1);
}

/* Two builds of one version may read differently. */
static void program_add(EVP_MD_CTX *h)
{
	char piece[65536];
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ssize_t n;
	while (fd >= 0 && (n = read(fd, piece, sizeof piece)) > 0)
		EVP_DigestUpdate(h, piece, (size_t)n);
	if (fd >= 0)
		close(fd);
	text_add(h, CUSTOS_VERSION);
	text_add(h, EXHIBIT_FORMAT);
	text_add(h, sqlite3_sourceid());
}

static void needs_add(EVP_MD_CTX *h, const struct need_table *t)
{
	for (; t; t = t->next) {
		text_add(h, t->name);
		number_add(h, t->optional);
		for (const struct need_column *c = t->columns; c; c = c->next) {
			text_add(h, c->name);
			number_add(h, c->optional);
		}
		text_add(h, NULL);
	}
	text_add(h, NULL);
}

static void artifact_add_to(EVP_MD_CTX *h, const struct artifact *a)
{
	text_add(h, a->name);
	text_add(h, a->app);
	text_add(h, a->omits);
	text_add(h, a->kind->name);
	for (const struct glob_line *l = a->files; l; l = l->next)
		text_add(h, l->text);
	text_add(h, NULL);
	for (const struct glob_line *l = a->content; l; l = l->next)
		text_add(h, l->text);
	for (const struct sibling *w = a->with; w; w = w->next) {
		text_add(h, w->name);
		text_add(h, w->glob);
		needs_add(h, w->tables);
	}
	for (const struct variant *v = a->variants; v; v = v->next) {
		needs_add(h, v->needs);
		text_add(h, v->sql);
	}
	text_add(h, NULL);
}

static void evidence_add(EVP_MD_CTX *h, const struct examination *x)
{
	struct stat st = { 0 };
	/* A folder's own times change with what is made beside the evidence; its files' are in the list. */
	if (stat(x->o->evidence, &st) == 0 && S_ISREG(st.st_mode)) {
		number_add(h, (uint64_t)st.st_size);
		number_add(h, (uint64_t)st.st_mtim.tv_sec);
		number_add(h, (uint64_t)st.st_mtim.tv_nsec);
		number_add(h, (uint64_t)st.st_ctim.tv_sec);
		number_add(h, (uint64_t)st.st_ctim.tv_nsec);
	}
	number_add(h, (uint64_t)st.st_dev);
	number_add(h, (uint64_t)st.st_ino);
	text_add(h, evidence_kind(x->evidence));
	number_add(h, x->entries);
	for (size_t i = 0; i < x->entries; i++) {
		const struct entry *e = evidence_entry(x->evidence, i);
		text_add(h, e->path);
		text_add(h, e->target);
		const uint64_t numbers[] = { (uint64_t)e->type, e->encrypted, e->size, e->stored, (uint64_t)e->modified_at, (uint64_t)e->created_at, e->crc32 };
		EVP_DigestUpdate(h, numbers, sizeof numbers);
	}
}

static void lists_add(EVP_MD_CTX *h, const struct watch *w)
{
	for (int i = 0; w && i < list_store_count(watch_lists(w)); i++) {
		const struct list_about *a = list_about(list_store_at(watch_lists(w), i));
		text_add(h, a->name);
		text_add(h, a->version);
		text_add(h, a->sha256);
		number_add(h, a->nature);
	}
	text_add(h, NULL);
	number_add(h, w ? (uint64_t)watch_radius(w) : 0);
}

bool resume_head_key(const struct examination *x, uint8_t ret[32])
{
	EVP_MD_CTX *h = EVP_MD_CTX_new();
	if (!h || EVP_DigestInit_ex(h, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(h);
		return false;
	}
	program_add(h);
	for (int i = 0; i < x->o->artifacts->count; i++)
		artifact_add_to(h, x->o->artifacts->list[i]);
	text_add(h, x->o->region);
	text_add(h, x->o->only);
	number_add(h, x->o->all_frames);
	number_add(h, x->o->no_thumbnails);
	lists_add(h, x->o->watch);
	evidence_add(h, x);
	bool good = EVP_DigestFinal_ex(h, ret, NULL) == 1;
	EVP_MD_CTX_free(h);
	return good;
}

static void content_add(EVP_MD_CTX *h, const struct examination *x, int content)
{
	number_add(h, content >= 0);
	if (content < 0)
		return;
	size_t entry = x->contents[content].entry;
	number_add(h, entry);
	number_add(h, x->found[entry].status);
	EVP_DigestUpdate(h, x->found[entry].sha256, 32);
}

bool resume_job_key(const struct examination *x, const struct plan_job *j, uint8_t ret[32])
{
	EVP_MD_CTX *h = EVP_MD_CTX_new();
	if (!h || EVP_DigestInit_ex(h, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(h);
		return false;
	}
	content_add(h, x, j->db);
	content_add(h, x, j->wal);
	content_add(h, x, j->journal);
	for (int i = 0; i < j->artifact_count; i++) {
		number_add(h, (uint64_t)j->artifacts[i].artifact);
		for (int k = 0; k < j->artifacts[i].with_count; k++) {
			content_add(h, x, j->artifacts[i].with[k].db);
			content_add(h, x, j->artifacts[i].with[k].wal);
		}
	}
	bool good = EVP_DigestFinal_ex(h, ret, NULL) == 1;
	EVP_MD_CTX_free(h);
	return good;
}
