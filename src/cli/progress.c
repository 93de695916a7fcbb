#include "cli/progress.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/time.h"
#include "cli/cli.h"

atomic_bool cancelled;

static void on_signal(int number)
{
	(void)number;
	atomic_store(&cancelled, true);
}

void cancel_on_signals(void)
{
	struct sigaction on = { .sa_handler = on_signal };
	sigaction(SIGINT, &on, NULL);
	sigaction(SIGTERM, &on, NULL);
	sigaction(SIGHUP, &on, NULL);
}

void progress_bar(const char *stage, double done, int64_t began, const char *text)
{
	char left[32] = "";
	double seconds = (double)(time_now() - began) / 1e6;
	struct winsize w = { 0 };
	int width = ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 100 ? 30 : 16, full = (int)(done * width);
	if (done > 0.02 && seconds > 1)
		snprintf(left, sizeof left, ", %.0f s left", seconds / done * (1 - done));
	fprintf(stderr, "\r\033[K%s%-8s%s ", cli_style(STDERR_FILENO, STYLE_CYAN), stage, cli_style(STDERR_FILENO, STYLE_PLAIN));
	for (int i = 0; i < width; i++)
		fputs(i < full ? "█" : "░", stderr);
	fprintf(stderr, " %3.0f %%  %s%s", done * 100, text, left);
	fflush(stderr);
}

void progress_clear(void)
{
	fputs("\r\033[K", stderr);
	fflush(stderr);
}

void size_text(double bytes, char *out, size_t room)
{
	const char *units[] = { "B", "kB", "MB", "GB", "TB" };
	int u = 0;
	for (; bytes >= 1000 && u < 4; u++)
		bytes /= 1000;
	snprintf(out, room, u ? "%.1f %s" : "%.0f %s", bytes, units[u]);
}
