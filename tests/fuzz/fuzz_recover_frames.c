/* What a worker of `custos recover` sends, as an attacker who took it over would: the reading side, and the sinks behind it. Input: frames. */
#include "cli/recover_lines.c"
#include "cli/recover_map.c"
#include "cli/recover_out.c"
#include "cli/recover_picture.c"
#include "cli/recover_read.c"
#include "cli/recover_text.c"
#include "cli/table.c"
#include "examine/limits.c"
#include "base/frames.c"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

atomic_bool cancelled;

const char *cli_style(int fd, enum cli_style s) { return fd >= 0 && s == STYLE_PLAIN ? "" : ""; }

void size_text(double bytes, char *out, size_t room) { snprintf(out, room, "%.0f B", bytes); }

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return freopen("/dev/null", "w", stdout) ? 0 : -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct recover_lines *json = NULL, *csv = NULL;
	struct recover_text *text = NULL;
	struct recover_map map = { .map = { .name = "fuzz", .wal_bytes = size * 100 }, .file = { .fd = -1 } };
	struct recover_sink sinks[4] = { [3] = { .context = &map, .begin = map_begin, .pages = map_pages, .row = map_row } };
	struct reader r = { .sinks = sinks, .sink_count = 4, .arena = arena_make(8 << 20), .bytes_left = 64 << 20 };
	struct buf in = { 0 }, out = { 0 };
	r.values = calloc(SCHEMA_COLUMNS, sizeof *r.values);
	recover_lines_new(true, &json, &sinks[0]);
	recover_lines_new(false, &csv, &sinks[1]);
	recover_text_new(size % 2, &text, &sinks[2]);
	buf_add(&in, data, size);
	enum err e = frames_take(frame_take, &r, &in);
	if (!e && r.began) {
		text_end(text);
		map_draw(&out, &map.map);
	}
	buf_free(&in);
	buf_free(&out);
	recover_lines_free(json);
	recover_lines_free(csv);
	recover_text_free(text);
	free(map.map.cells);
	free(map.map.by_table);
	free(map.map.frames);
	reader_free(&r);
	return 0;
}
