#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/artifact_home.h"
#include "cli/cli.h"
#include "cli/password.h"
#include "cli/progress.h"
#include "examine/examine.h"
#include "media/video.h"

struct shown {
	bool json, bar;
	int64_t began, last;
};

static void bar_show(const struct shown *s, const struct examine_progress *p)
{
	char done[24], all[24], text[160];
	size_text((double)p->bytes_done, done, sizeof done);
	size_text((double)p->bytes, all, sizeof all);
	snprintf(text, sizeof text, "%llu/%llu files, %s/%s, %llu records", (unsigned long long)p->files_done, (unsigned long long)p->files, done, all,
		 (unsigned long long)p->records);
	if (strcmp(p->stage, "done") == 0)
		progress_clear();
	else
		progress_bar(p->stage, p->done, s->began, text);
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
		printf("{\"event\":\"done\",\"exhibit\":%s,\"root\":\"%s\",\"seal\":\"%s\",\"files\":%llu,\"bytes\":%llu,\"records\":%llu,\"notes\":%llu,\"seconds\":%.3f,\"kept_files\":%llu,\"kept_answers\":%llu,\"listed_files\":%llu,\"known_good_files\":%llu,\"illegal_files\":%llu}\n",
		       path.data, r->seal.root, r->seal.whole, (unsigned long long)r->totals.files, (unsigned long long)r->totals.bytes_done,
		       (unsigned long long)r->totals.records, (unsigned long long)r->totals.notes, r->seconds,
		       (unsigned long long)r->kept_files, (unsigned long long)r->kept_answers, (unsigned long long)r->listed_files, (unsigned long long)r->good_files,
		       (unsigned long long)r->illegal_files);
		buf_free(&path);
		return;
	}
	char size[24];
	size_text((double)r->totals.bytes_done, size, sizeof size);
	printf("%s%s%s\n", cli_style(STDOUT_FILENO, STYLE_BOLD), o->exhibit, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	printf("  read     %llu files, %s, in %.1f s\n", (unsigned long long)r->totals.files, size, r->seconds);
	if (r->kept_files)
		printf("  resumed  %llu files and %llu parsers' answers were there from the interrupted examination\n", (unsigned long long)r->kept_files,
		       (unsigned long long)r->kept_answers);
	printf("  records  %llu\n", (unsigned long long)r->totals.records);
	printf("  notes    %llu%s\n", (unsigned long long)r->totals.notes, r->totals.notes ? "   (custos show lists what could not be read, and why)" : "");
	if (o->watch)
		printf("  lists    %llu files are on one of %d known lists, %llu of them known-good: out of sight\n", (unsigned long long)r->listed_files,
		       list_store_count(watch_lists(o->watch)), (unsigned long long)r->good_files);
	if (r->illegal_files)
		printf("%s  MANDATORY POLICE REFERRAL: %llu files match lists of illegal pictures. Do not open them; custos show names hash, list and category.%s\n",
		       cli_style(STDOUT_FILENO, STYLE_RED), (unsigned long long)r->illegal_files, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	printf("  root     %s%s%s   write this down: it proves the content\n", cli_style(STDOUT_FILENO, STYLE_GREEN), r->seal.root, cli_style(STDOUT_FILENO, STYLE_PLAIN));
	printf("\nRead it with:  custos show %s\n", o->exhibit);
}

enum { OPT_PASSWORD = 256, OPT_PASSWORD_FILE, OPT_ONLY, OPT_ARTIFACTS, OPT_REGION, OPT_THREADS, OPT_SCRATCH, OPT_JSON, OPT_RESUME, OPT_ALL_FRAMES, OPT_LISTS, OPT_NO_LISTS, OPT_NO_THUMBNAILS };

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },        { "quiet", no_argument, NULL, 'q' },
	{ "password", required_argument, NULL, OPT_PASSWORD }, { "password-file", required_argument, NULL, OPT_PASSWORD_FILE },
	{ "only", required_argument, NULL, OPT_ONLY },     { "artifacts", required_argument, NULL, OPT_ARTIFACTS },
	{ "region", required_argument, NULL, OPT_REGION }, { "threads", required_argument, NULL, OPT_THREADS },
	{ "scratch", required_argument, NULL, OPT_SCRATCH }, { "json", no_argument, NULL, OPT_JSON },
	{ "resume", no_argument, NULL, OPT_RESUME },        { "all-frames", no_argument, NULL, OPT_ALL_FRAMES },
	{ "lists", required_argument, NULL, OPT_LISTS },    { "no-lists", no_argument, NULL, OPT_NO_LISTS },
	{ "no-thumbnails", no_argument, NULL, OPT_NO_THUMBNAILS },
	{ 0 }
};

/* The known lists of the folder that is named, else of the usual one, where there are any: opened before the sandboxes are made, so that workers have them at hand. */
static enum err lists_open(const char *folder, struct watch **ret)
{
	char path[4096];
	struct watch *w = NULL;
	enum err e = list_folder(folder, path, sizeof path);
	if (e)
		return folder ? e : OK; /* nobody said where lists could be */
	e = watch_open(path, PDQ_DISTANCE_MOST, &w);
	if (!e && !list_store_count(watch_lists(w))) {
		watch_free(w);
		return folder ? err_set(ERR_NOT_FOUND, "there are no lists in %s: custos lists add --help tells how to add one", path) : OK;
	}
	*ret = w;
	return e;
}

static int examine(struct examine_options *o, const char *own_artifacts, bool no_lists, const char *lists, struct shown *s)
{
	struct artifact_set set = { 0 };
	struct watch *watch = NULL;
	struct sandbox *sandbox = NULL, *media = NULL;
	struct examine_result result;
	enum err e = artifacts_load(&set, own_artifacts);
	if (!e && !no_lists)
		e = lists_open(lists, &watch);
	o->watch = watch;
	if (!e)
		e = examine_startup(&set, watch);
	if (!e)
		e = sandbox_new(examine_workers, examine_worker_count, &sandbox);
	/* FFmpeg's libraries would make every worker dearer: those of media have a zygote of their own. Where they are missing, each video has a note. */
	if (!e) {
		(void)video_prepare();
		e = sandbox_new(examine_workers, examine_worker_count, &media);
	}
	cancel_on_signals();
	o->artifacts = &set;
	o->sandbox = sandbox;
	o->media_sandbox = media;
	if (!e)
		e = examine_run(o, &result);
	if (s->bar)
		progress_clear();
	sandbox_free(sandbox);
	sandbox_free(media);
	int status = e ? cli_fail(e) : EXIT_OK;
	if (!e)
		result_show(o, &result, s->json);
	artifact_set_free(&set);
	watch_free(watch);
	return status;
}

int cmd_examine(const struct command *c, int argc, char **argv)
{
	struct examine_options o = { .cancelled = &cancelled, .progress = progress_show };
	struct shown s = { .bar = isatty(STDERR_FILENO), .began = time_now() };
	const char *own = NULL, *lists = NULL;
	bool no_lists = false;
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
		case OPT_RESUME:
			o.resume = true;
			break;
		case OPT_ALL_FRAMES:
			o.all_frames = true;
			break;
		case OPT_LISTS:
			lists = optarg;
			break;
		case OPT_NO_THUMBNAILS:
			o.no_thumbnails = true;
			break;
		case OPT_NO_LISTS:
			no_lists = true;
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
	return examine(&o, own, no_lists, lists, &s);
}
