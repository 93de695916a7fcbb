#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/artifact_home.h"
#include "cli/cli.h"
#include "cli/password.h"
#include "examine/examine.h"

static atomic_bool cancelled;

static void on_signal(int number)
{
	(void)number;
	atomic_store(&cancelled, true);
}

struct shown {
	bool json, bar;
	int64_t began, last;
};

static void size_text(double bytes, char *out, size_t room)
{
	const char *units[] = { "B", "kB", "MB", "GB", "TB" };
	int u = 0;
	for (; bytes >= 1000 && u < 4; u++)
		bytes /= 1000;
	snprintf(out, room, u ? "%.1f %s" : "%.0f %s", bytes, units[u]);
}

static void bar_show(struct shown *s, const struct examine_progress *p)
{
	char done[24], all[24], left[32] = "";
	double seconds = (double)(time_now() - s->began) / 1e6;
	struct winsize w = { 0 };
	int width = ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 100 ? 30 : 16, full = (int)(p->done * width);
	size_text((double)p->bytes_done, done, sizeof done);
	size_text((double)p->bytes, all, sizeof all);
	if (p->done > 0.02 && seconds > 1)
		snprintf(left, sizeof left, ", %.0f s left", seconds / p->done * (1 - p->done));
	fprintf(stderr, "\r\033[K%s%-8s%s ", cli_style(STDERR_FILENO, STYLE_CYAN), p->stage, cli_style(STDERR_FILENO, STYLE_PLAIN));
	for (int i = 0; i < width; i++)
		fputs(i < full ? "█" : "░", stderr);
	fprintf(stderr, " %3.0f %%  %llu/%llu files, %s/%s, %llu records%s", p->done * 100, (unsigned long long)p->files_done, (unsigned long long)p->files,
		done, all, (unsigned long long)p->records, left);
	if (strcmp(p->stage, "done") == 0)
		fprintf(stderr, "\r\033[K");
	fflush(stderr);
}

static void progress_show(void *context, const struct examine_progress *p)
{
	struct shown *s = context;
	int64_t now = time_now();
	bool end = strcmp(p->stage, "done") == 0;
	if (!end && now - s->last < (s->json ? 1000000 : 150000))
		return;
	s->last = now;
	if (s->json && !end) {
		printf("{\"event\":\"progress\",\"stage\":\"%s\",\"done\":%.3f,\"files\":%llu,\"files_done\":%llu,\"bytes\":%llu,\"bytes_done\":%llu,\"records\":%llu,\"notes\":%llu}\n",
		       p->stage, p->done, (unsigned long long)p->files, (unsigned long long)p->files_done, (unsigned long long)p->bytes,
		       (unsigned long long)p->bytes_done, (unsigned long long)p->records, (unsigned long long)p->notes);
		fflush(stdout);
	} else if (s->bar) {
		bar_show(s, p);
	}
}

static void result_show(const struct examine_options *o, const struct examine_result *r, bool json)
{
	if (json) {
		struct buf path = { 0 };
		buf_json(&path, o->exhibit, strlen(o->exhibit));
		printf("{\"event\":\"done\",\"exhibit\":%s,\"root\":\"%s\",\"seal\":\"%s\",\"files\":%llu,\"bytes\":%llu,\"records\":%llu,\"notes\":%llu,\"seconds\":%.3f}\n",
		       path.data, r->seal.root, r->seal.whole, (unsigned long long)r->totals.files, (unsigned long long)r->totals.bytes_done,
		       (unsigned long long)r->totals.records, (unsigned long long)r->totals.notes, r->seconds);
		buf_free(&path);
		return;
	}
	char size[24];
	size_text((double)r->totals.bytes_done, size, sizeof size);
	printf("%s%s%s\n", cli_style(STDOUT_FILENO, STYLE_BOLD), o->exhibit, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	printf("  read     %llu files, %s, in %.1f s\n", (unsigned long long)r->totals.files, size, r->seconds);
	printf("  records  %llu\n", (unsigned long long)r->totals.records);
	printf("  notes    %llu%s\n", (unsigned long long)r->totals.notes, r->totals.notes ? "   (custos show lists what could not be read, and why)" : "");
	printf("  root     %s%s%s   write this down: it proves the content\n", cli_style(STDOUT_FILENO, STYLE_GREEN), r->seal.root, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	printf("\nRead it with:  custos show %s\n", o->exhibit);
}

enum { OPT_PASSWORD = 256, OPT_PASSWORD_FILE, OPT_ONLY, OPT_ARTIFACTS, OPT_REGION, OPT_THREADS, OPT_SCRATCH, OPT_JSON };

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },        { "quiet", no_argument, NULL, 'q' },
	{ "password", required_argument, NULL, OPT_PASSWORD }, { "password-file", required_argument, NULL, OPT_PASSWORD_FILE },
	{ "only", required_argument, NULL, OPT_ONLY },     { "artifacts", required_argument, NULL, OPT_ARTIFACTS },
	{ "region", required_argument, NULL, OPT_REGION }, { "threads", required_argument, NULL, OPT_THREADS },
	{ "scratch", required_argument, NULL, OPT_SCRATCH }, { "json", no_argument, NULL, OPT_JSON }, { 0 }
};

static int examine(struct examine_options *o, const char *own_artifacts, struct shown *s)
{
	struct artifact_set set = { 0 };
	struct sandbox *sandbox = NULL;
	struct examine_result result;
	enum err e = artifacts_load(&set, own_artifacts);
	if (!e)
		e = examine_startup(&set);
	if (!e)
		e = sandbox_new(examine_workers, examine_worker_count, &sandbox);
	struct sigaction on = { .sa_handler = on_signal };
	sigaction(SIGINT, &on, NULL);
	sigaction(SIGTERM, &on, NULL);
	sigaction(SIGHUP, &on, NULL);
	o->artifacts = &set;
	o->sandbox = sandbox;
	if (!e)
		e = examine_run(o, &result);
	if (s->bar)
		fprintf(stderr, "\r\033[K");
	sandbox_free(sandbox);
	int status = e ? cli_fail(e) : EXIT_OK;
	if (!e)
		result_show(o, &result, s->json);
	artifact_set_free(&set);
	return status;
}

int cmd_examine(const struct command *c, int argc, char **argv)
{
	struct examine_options o = { .cancelled = &cancelled, .progress = progress_show };
	struct shown s = { .bar = isatty(STDERR_FILENO), .began = time_now() };
	const char *own = NULL;
	char password[1024];
	int opt;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":o:q", long_options, NULL)) != -1) {
		switch (opt) {
		case 'o':
			o.exhibit = optarg;
			break;
		case 'q':
			s.bar = false;
			break;
		case OPT_PASSWORD:
			o.password = optarg;
			break;
		case OPT_PASSWORD_FILE:
			if (password_read(optarg, password, sizeof password))
				return cli_fail(ERR_IO);
			o.password = password;
			break;
		case OPT_ONLY:
			o.only = optarg;
			break;
		case OPT_ARTIFACTS:
			own = optarg;
			break;
		case OPT_REGION:
			if (strlen(optarg) != 2)
				return cli_usage(c, "--region takes a country's two letters, like GB");
			o.region = optarg;
			break;
		case OPT_THREADS:
			o.threads = atoi(optarg);
			if (o.threads < 1 || o.threads > 64)
				return cli_usage(c, "--threads takes a number from 1 to 64");
			break;
		case OPT_SCRATCH:
			o.scratch = optarg;
			break;
		case OPT_JSON:
			s.json = true;
			s.bar = false;
			break;
		case ':':
			return cli_usage(c, "%s needs a value", argv[optind - 1]);
		default:
			return cli_usage(c, "unknown option %s", argv[optind - 1]);
		}
	}
	if (optind + 1 != argc)
		return cli_usage(c, optind == argc ? "no evidence is named" : "more than one evidence is named");
	if (!o.exhibit)
		return cli_usage(c, "no exhibit is named: -o OUT.exhibit");
	o.evidence = argv[optind];
	o.progress_context = &s;
	return examine(&o, own, &s);
}
