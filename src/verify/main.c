/* custos-verify: what a defence expert runs. It needs neither a database nor a network, and changes nothing. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "verify/verify.h"

enum { EXIT_DIFFERS = 3, EXIT_WRONG_USE = 2 };

static const char help[] =
	"usage: custos-verify log FOLDER --key KEY [--old CHECKPOINT] [--witness KEY]\n"
	"       custos-verify proof FILE --key KEY [--witness KEY]\n"
	"       custos-verify exhibit X.exhibit [--root HEX]\n\n"
	"log       an exported custody log: every entry, every tile, the root, the signature; with --old also that nothing before an earlier checkpoint was changed\n"
	"proof     one entry of a log\n"
	"exhibit   that an exhibit file is what was sealed; with --root: and that it is the one whose root was written down\n\n"
	"  --key KEY       the log's public key, as the prison service publishes it: a file (log.pub) or the key itself\n"
	"  --witness KEY   whose cosignature the checkpoint must bear, too\n\n"
	"Exit status 0: all is right; 3: something differs, named line by line; 1: it could not be read; 2: wrong usage.\n\n"
	"Examples:\n  custos-verify log export/ --key log.pub --old checkpoint-of-march\n  custos-verify proof entry-17.proof --key custos-log-4f…+…\n  custos-verify exhibit A123.exhibit --root 5f1c…\n";

static int difference_count;

void differs(const char *path, const char *format, ...)
{
	char text[1000];
	va_list list;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?'; /* nothing in a file steers the terminal */
	difference_count++;
	printf("differs  %s: %s\n", path, text);
}

int differences(void) { return difference_count; }

enum err file_read(const char *path, struct buf *out)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno("%s", path);
	enum err e = fstat(fd, &st) ? err_errno("%s", path) : !S_ISREG(st.st_mode) ? err_set(ERR_FORMAT, "%s: no file", path) : st.st_size > FILE_MOST ? err_set(ERR_LIMIT, "%s: is larger than any such file", path) : OK;
	for (;;) {
		char *room = e ? NULL : buf_reserve(out, 65536);
		ssize_t n = room ? read(fd, room, 65536) : 0;
		if (!e && (!room || n < 0))
			e = n < 0 ? err_errno("%s", path) : ERR_NOMEM;
		if (n <= 0)
			break;
		out->size += (size_t)n;
		if (out->size > FILE_MOST)
			e = err_set(ERR_LIMIT, "%s: is larger than any such file", path);
	}
	close(fd);
	buf_add(out, "", 0);
	return e;
}

static int failed(enum err e)
{
	fprintf(stderr, "custos-verify: %s\n", err_message()[0] ? err_message() : err_text(e));
	return 1;
}

static int wrong(const char *what)
{
	fprintf(stderr, "custos-verify: %s\n%s", what, help);
	return EXIT_WRONG_USE;
}

/* A key's text, or a file that holds it. */
static enum err key_of(const char *text, struct note_key *ret)
{
	struct buf file = { 0 };
	enum err e = strchr(text, '+') && access(text, F_OK) ? note_key_read(text, ret) : file_read(text, &file);
	if (!e && file.data)
		e = note_key_read(file.data, ret);
	buf_free(&file);
	return e;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = { { "key", required_argument, NULL, 'k' }, { "witness", required_argument, NULL, 'w' }, { "old", required_argument, NULL, 'o' }, { "root", required_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' }, { 0 } };
	const char *key_text = NULL, *witness_text = NULL, *old = NULL, *root = NULL;
	struct note_key key, witness;
	for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (c == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (c == '?')
			return EXIT_WRONG_USE;
		*(c == 'k' ? &key_text : c == 'w' ? &witness_text : c == 'o' ? &old : &root) = optarg;
	}
	if (argc - optind != 2)
		return wrong("what is to be verified?");
	const char *what = argv[optind], *path = argv[optind + 1];
	bool exhibit = strcmp(what, "exhibit") == 0, log = strcmp(what, "log") == 0;
	if (!exhibit && !log && strcmp(what, "proof") != 0)
		return wrong("only log, proof or exhibit can be verified");
	if (!exhibit && !key_text)
		return wrong("--key is needed: without the log's public key a signature says nothing");
	if ((old && !log) || (root && !exhibit) || (witness_text && exhibit))
		return wrong("--old goes with log, --root with exhibit, --witness with log and proof"); /* a check that was asked for is not left out silently */
	enum err e = key_text ? key_of(key_text, &key) : OK;
	if (!e && key_text && key.type != NOTE_SIGNER)
		e = err_set(ERR_USAGE, "--key: %s is a witness's key; a witness says that it saw the log, the log's own key signs it", key.name);
	if (!e && witness_text)
		e = key_of(witness_text, &witness);
	if (!e && witness_text && witness.type != NOTE_WITNESS)
		e = err_set(ERR_USAGE, "--witness: %s is no witness's key (it signs logs)", witness.name);
	if (!e)
		e = exhibit ? exhibit_check(path, root) : log ? log_check(path, &key, witness_text ? &witness : NULL, old) : proof_check(path, &key, witness_text ? &witness : NULL);
	return e ? failed(e) : difference_count ? EXIT_DIFFERS : 0;
}
