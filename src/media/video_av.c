/* custos_video.so: demultiplexing and decoding with FFmpeg's libraries, one thread, from memory. */
#include <math.h>
#include <time.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/pixdesc.h>
#include <libavutil/mem.h>
#include <libswscale/swscale.h>

#include "media/video_inside.h"
#include "media/video_pixels.h"

/* Nothing else is ever tried. The decoder is named, for AV1 and VP9 have several. */
static const struct {
	enum AVCodecID id;
	const char *name, *decoder;
} codecs[] = {
	{ AV_CODEC_ID_H264, "h264", "h264" }, { AV_CODEC_ID_HEVC, "hevc", "hevc" }, { AV_CODEC_ID_VP8, "vp8", "vp8" }, { AV_CODEC_ID_VP9, "vp9", "vp9" },
	{ AV_CODEC_ID_AV1, "av1", "libdav1d" }, { AV_CODEC_ID_MPEG4, "mpeg4", "mpeg4" }, { AV_CODEC_ID_H263, "h263", "h263" },
};
#define CODEC_COUNT (sizeof codecs / sizeof *codecs)
#define CODECS_ALL "h264,hevc,vp8,vp9,libdav1d,mpeg4,h263"

enum { IO_BUFFER = 1 << 16, STREAMS_MOST = 100, PIXELS_MORE = 64 * PDQ_ROWS_SIDE_MOST /* decoders count a row's padding */ };

struct reader {
	struct span bytes;
	uint64_t at;
	struct video_limits limits;
	clock_t cpu_most;
	bool late; /* the CPU limit is passed */
	AVFormatContext *format;
	AVIOContext *io;
	AVCodecContext *codec;
	AVStream *stream;
	struct pixels pixels;
	enum video_mode mode;
	video_frame_fn *frame;
	void *context;
	uint64_t packets, packet_bytes, track_packets, refused, discarded;
	int64_t begin;     /* the time stamp that counts as 0 */
	double last;       /* the last frame's time */
	struct video *ret;
};

static bool late(struct reader *r)
{
	if (r->cpu_most && !r->late)
		r->late = clock() > r->cpu_most;
	return r->late;
}

/* --- bytes --- */

static int io_read(void *opaque, uint8_t *to, int size)
{
	struct reader *r = opaque;
	uint64_t all = span_size(&r->bytes), left = r->at < all ? all - r->at : 0;
	if (late(r))
		return AVERROR_EXIT;
	if (!left)
		return AVERROR_EOF;
	size_t n = left < (uint64_t)size ? (size_t)left : (size_t)size;
	memcpy(to, r->bytes.start + r->at, n);
	r->at += n;
	return (int)n;
}

static int64_t io_seek(void *opaque, int64_t offset, int whence)
{
	struct reader *r = opaque;
	int64_t all = (int64_t)span_size(&r->bytes), base = 0, at;
	whence &= ~AVSEEK_FORCE;
	if (whence == AVSEEK_SIZE)
		return all;
	if (whence == SEEK_CUR)
		base = (int64_t)r->at;
	else if (whence == SEEK_END)
		base = all;
	else if (whence != SEEK_SET)
		return AVERROR(EINVAL);
	if (__builtin_add_overflow(base, offset, &at) || at < 0)
		return AVERROR(EINVAL);
	r->at = (uint64_t)at;
	return at;
}

/* What a container refers to elsewhere is not opened. */
static int io_refuse(AVFormatContext *s, AVIOContext **ret, const char *url, int flags, AVDictionary **options)
{
	(void)s, (void)url, (void)flags, (void)options;
	*ret = NULL;
	return AVERROR(EPERM);
}

/* --- opening --- */

static enum err failed(enum err e, int code, const char *what)
{
	char text[AV_ERROR_MAX_STRING_SIZE] = "";
	av_strerror(code, text, sizeof text);
	return code == AVERROR(ENOMEM) ? err_set(ERR_NOMEM, "%s: out of memory", what) : err_set(e, "%s: %s", what, text);
}

static enum err container_open(struct reader *r)
{
	static const char *const names[] = { NULL, "mov", "mov", "mov", "matroska", "matroska", "avi" };
	const char *name = names[r->ret->container];
	const AVInputFormat *input = name ? av_find_input_format(name) : NULL;
	if (!input)
		return err_set(ERR_FORMAT, "no video of a kind that is read");
	uint8_t *buffer = av_malloc(IO_BUFFER);
	r->io = buffer ? avio_alloc_context(buffer, IO_BUFFER, 0, r, io_read, NULL, io_seek) : NULL;
	r->format = r->io ? avformat_alloc_context() : NULL;
	if (!r->io)
		av_free(buffer);
	if (!r->format)
		return ERR_NOMEM;
	r->format->pb = r->io;
	r->format->flags |= AVFMT_FLAG_CUSTOM_IO;
	r->format->io_open = io_refuse;
	r->format->max_streams = STREAMS_MOST;
	r->format->probesize = 1 << 21;
	r->format->codec_whitelist = av_strdup(CODECS_ALL);
	r->format->protocol_whitelist = av_strdup("none");
	int code = avformat_open_input(&r->format, NULL, input, NULL);
	return code < 0 ? failed(ERR_FORMAT, code, "the container cannot be read") : OK;
}

/* The first track of video, as the reference takes it; a cover picture is none. */
static enum err track_find(struct reader *r)
{
	for (unsigned i = 0; i < r->format->nb_streams; i++) {
		AVStream *s = r->format->streams[i];
		bool video = s->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !(s->disposition & AV_DISPOSITION_ATTACHED_PIC);
		if (video && !r->ret->tracks++)
			r->stream = s;
		if (s != r->stream)
			s->discard = AVDISCARD_ALL;
	}
	if (!r->stream)
		return err_set(ERR_FORMAT, "no track of video");
	return OK;
}

static const char *codec_known(const struct reader *r, const char **ret_decoder)
{
	for (size_t i = 0; i < CODEC_COUNT; i++)
		if (codecs[i].id == r->stream->codecpar->codec_id) {
			*ret_decoder = codecs[i].decoder;
			return codecs[i].name;
		}
	return NULL;
}

static enum err pixels_allowed(const struct reader *r, int width, int height)
{
	if (width < 0 || height < 0 || width > PDQ_ROWS_SIDE_MOST || height > PDQ_ROWS_SIDE_MOST ||
	    (uint64_t)width * (uint64_t)height > r->limits.pixels)
		return err_set(ERR_LIMIT, "the video is too large (%d × %d)", width, height);
	return OK;
}

/* Reads the first packets, for what the container's head does not say (the rate, mostly). */
static void track_study(struct reader *r)
{
	AVDictionary *options[STREAMS_MOST] = { NULL };
	char most[24];
	snprintf(most, sizeof most, "%llu", (unsigned long long)r->limits.pixels + PIXELS_MORE);
	for (unsigned i = 0; i < r->format->nb_streams && i < STREAMS_MOST; i++)
		av_dict_set(&options[i], "max_pixels", most, 0);
	if (r->format->nb_streams <= STREAMS_MOST)
		avformat_find_stream_info(r->format, options);
	for (unsigned i = 0; i < STREAMS_MOST; i++)
		av_dict_free(&options[i]);
}

static void facts_take(struct reader *r)
{
	const AVCodecParameters *p = r->stream->codecpar;
	AVRational rate = r->stream->avg_frame_rate;
	if (!rate.num || !rate.den)
		rate = r->stream->r_frame_rate;
	r->ret->width = (uint32_t)(p->width > 0 ? p->width : 0);
	r->ret->height = (uint32_t)(p->height > 0 ? p->height : 0);
	r->ret->rate = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0;
	r->ret->stated = r->stream->nb_frames > 0 ? (uint64_t)r->stream->nb_frames : 0;
	if (r->stream->duration > 0)
		r->ret->duration = (double)r->stream->duration * av_q2d(r->stream->time_base);
	else if (r->format->duration > 0)
		r->ret->duration = (double)r->format->duration / AV_TIME_BASE;
	if (!isfinite(r->ret->duration))
		r->ret->duration = 0;
}

static enum err decoder_open(struct reader *r)
{
	const char *decoder = NULL, *name = codec_known(r, &decoder);
	enum AVCodecID id = r->stream->codecpar->codec_id;
	snprintf(r->ret->codec, sizeof r->ret->codec, "%s", name ? name : avcodec_get_name(id));
	if (!name)
		return err_set(ERR_UNSUPPORTED, "the codec %s is not read", r->ret->codec);
	enum err e = pixels_allowed(r, r->stream->codecpar->width, r->stream->codecpar->height);
	if (e)
		return e;
	track_study(r);
	facts_take(r);
	/* Studying may have found another codec behind a false name. */
	const AVCodec *c = r->stream->codecpar->codec_id == id ? avcodec_find_decoder_by_name(decoder) : NULL;
	if (!c)
		return err_set(ERR_UNSUPPORTED, "no decoder for %s here", name);
	if (!(r->codec = avcodec_alloc_context3(c)))
		return ERR_NOMEM;
	int code = avcodec_parameters_to_context(r->codec, r->stream->codecpar);
	r->codec->thread_count = 1;
	r->codec->max_pixels = (int64_t)r->limits.pixels + PIXELS_MORE;
	r->codec->pkt_timebase = r->stream->time_base;
	if (r->mode == VIDEO_KEYS)
		r->codec->skip_frame = AVDISCARD_NONKEY;
	if (code >= 0)
		code = avcodec_open2(r->codec, c, NULL);
	return code < 0 ? failed(ERR_FORMAT, code, "the decoder does not begin") : OK;
}

/* --- reading --- */

static enum err frame_give(struct reader *r, AVFrame *f)
{
	struct video_frame v = { .number = r->ret->frames, .key = f->key_frame };
	if (r->mode == VIDEO_KEYS)
		v.number = (uint64_t)f->reordered_opaque;
	enum err e = pixels_allowed(r, f->width, f->height);
	if (!e)
		e = pixels_hash(&r->pixels, f, &v.hash, &v.quality, &v.same);
	if (e)
		return e;
	int64_t stamp = f->best_effort_timestamp;
	/* AVI has no time stamps of its own: out of those of decoding only a run of all frames makes times. */
	if (r->mode == VIDEO_KEYS && r->ret->container == VIDEO_AVI)
		stamp = AV_NOPTS_VALUE;
	if (r->begin == AV_NOPTS_VALUE && stamp != AV_NOPTS_VALUE)
		r->begin = stamp;
	if (stamp != AV_NOPTS_VALUE && r->begin != AV_NOPTS_VALUE)
		v.at = ((double)stamp - (double)r->begin) * av_q2d(r->stream->time_base);
	else
		v.at = r->ret->rate > 0 ? (double)v.number / r->ret->rate : 0;
	v.at = v.at >= 0 && v.at < 1e9 ? v.at : 0; /* time stamps are the file's: any */
	if (!r->ret->frames) { /* as it is coded, whatever the container said */
		r->ret->width = (uint32_t)f->width;
		r->ret->height = (uint32_t)f->height;
	}
	const AVPixFmtDescriptor *d = av_pix_fmt_desc_get((enum AVPixelFormat)f->format);
	/* Whole planes of eight bits, the first of brightness. */
	if (d && !(d->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL)) && d->comp[0].depth == 8 && d->comp[0].step == 1 && f->linesize[0] > 0) {
		v.grey = f->data[0];
		v.grey_stride = (size_t)f->linesize[0];
		v.grey_width = (uint32_t)f->width;
		v.grey_height = (uint32_t)f->height;
	}
	r->ret->frames++;
	r->ret->mended += f->decode_error_flags != 0;
	r->last = v.at > r->last ? v.at : r->last;
	return r->frame(r->context, &v) ? OK : ERR_CANCELLED;
}

#define CUT(r, ...) snprintf((r)->ret->cut, sizeof(r)->ret->cut, __VA_ARGS__)

/* Takes out what the decoder has. `*ret_go`: whether it may get more. */
static enum err frames_take(struct reader *r, AVFrame *f, bool *ret_go)
{
	int code = 0;
	while ((code = avcodec_receive_frame(r->codec, f)) >= 0) {
		enum err e = OK;
		if (r->ret->frames >= r->limits.frames) {
			CUT(r, "more than %llu frames", (unsigned long long)r->limits.frames);
			*ret_go = false;
		} else {
			e = frame_give(r, f);
		}
		av_frame_unref(f);
		if (e || !*ret_go)
			return e;
	}
	if (code == AVERROR(ENOMEM))
		return ERR_NOMEM;
	/* The decoder failed on a frame: the next ones may be good. */
	if (code != AVERROR(EAGAIN) && code != AVERROR_EOF)
		r->refused++;
	return OK;
}

static enum err packet_send(struct reader *r, const AVPacket *p, AVFrame *f, bool *ret_go)
{
	bool key = p && p->flags & AV_PKT_FLAG_KEY;
	if (p) {
		r->discarded += (p->flags & AV_PKT_FLAG_DISCARD) != 0;
		r->track_packets++;
		if (r->mode == VIDEO_KEYS && !key)
			return OK;
		r->codec->reordered_opaque = (int64_t)(r->track_packets - 1 - r->discarded); /* comes out with its frame */
	}
	/* One packet may hold several frames; each turn takes one out at least, or ends. */
	for (int turn = 0; turn < 16; turn++) {
		int code = avcodec_send_packet(r->codec, p);
		if (code == AVERROR(ENOMEM))
			return ERR_NOMEM;
		if (code < 0 && code != AVERROR(EAGAIN) && code != AVERROR_EOF)
			r->refused++;
		enum err e = frames_take(r, f, ret_go);
		if (e || !*ret_go || code != AVERROR(EAGAIN))
			return e;
	}
	return OK;
}

static enum err packets_read(struct reader *r)
{
	AVPacket *p = av_packet_alloc();
	AVFrame *f = av_frame_alloc();
	enum err e = p && f ? OK : ERR_NOMEM;
	bool go = true;
	int code = 0, again = 0;
	while (!e && go) {
		if (late(r)) {
			CUT(r, "more than %u s of CPU", r->limits.cpu_seconds);
			break;
		}
		if (r->packets++ >= r->limits.packets) {
			CUT(r, "more than %llu packets", (unsigned long long)r->limits.packets);
			break;
		}
		code = av_read_frame(r->format, p);
		if (code == AVERROR(EAGAIN) && ++again < 1000)
			continue;
		if (code < 0)
			break;
		r->packet_bytes += p->size > 0 ? (uint64_t)p->size : 0;
		if (r->packet_bytes > 2 * (uint64_t)span_size(&r->bytes) + (1 << 20)) {
			CUT(r, "the container gives its bytes again and again");
			break;
		}
		if (p->stream_index == r->stream->index)
			e = packet_send(r, p, f, &go);
		av_packet_unref(p);
	}
	/* What the decoder still holds. */
	if (!e && go && !r->late)
		e = packet_send(r, NULL, f, &go);
	if (code == AVERROR(ENOMEM) && !e)
		e = ERR_NOMEM;
	if (!e && !r->ret->cut[0] && code < 0 && code != AVERROR_EOF) {
		if (late(r))
			CUT(r, "more than %u s of CPU", r->limits.cpu_seconds);
		else
			CUT(r, "damaged: the container cannot be read to its end");
	}
	av_packet_free(&p);
	av_frame_free(&f);
	return e;
}

/* Whether the outermost parts that the container is made of end beyond the bytes. */
static bool ends_early(struct span s, enum video_container c)
{
	if (c == VIDEO_AVI) {
		span_skip(&s, 4);
		return span_le32(&s) > span_left(&s);
	}
	if (c == VIDEO_MATROSKA || c == VIDEO_WEBM) {
		for (int part = 0; part < 2; part++) { /* the head, the segment */
			unsigned first, width = 1;
			span_skip(&s, 4);
			first = span_u8(&s);
			while (width < 8 && !(first & 0x80u >> (width - 1)))
				width++;
			uint64_t all = 1ull << 7 * width, size = (first & (0x7fu >> (width - 1))) * (all >> 7) + (width > 1 ? span_be(&s, width - 1) : 0);
			if (part && size == all - 1) /* not known */
				return false;
			if (size > span_left(&s))
				return true;
			span_skip(&s, size);
		}
		return !span_ok(&s);
	}
	for (int boxes = 0; boxes < 1000000 && span_left(&s) && span_ok(&s); boxes++) {
		uint64_t head = 8, size = span_be32(&s);
		span_skip(&s, 4);
		if (size == 1) {
			size = span_be64(&s);
			head = 16;
		}
		if (size == 0 || size < head)
			return false;
		span_skip(&s, size - head);
	}
	return !span_ok(&s);
}

/* Whether all came that was to come. */
static void account(struct reader *r)
{
	struct video *v = r->ret;
	v->undecoded = r->refused;
	v->hidden = r->discarded;
	if (v->container == VIDEO_MP4 || v->container == VIDEO_QUICKTIME || v->container == VIDEO_3GP) {
		/* The index, after the edit list was applied to it. */
		int listed = avformat_index_get_entries_count(r->stream);
		uint64_t left = listed > 0 ? (uint64_t)listed : 0;
		v->hidden += v->stated > left ? v->stated - left : 0;
		if (!v->cut[0] && left > r->track_packets)
			CUT(r, "%llu of %llu packets of its index are not in the file", (unsigned long long)(left - r->track_packets), (unsigned long long)left);
	}
	if (v->cut[0])
		return;
	if (r->refused)
		CUT(r, "damaged: the decoder refused %llu packets", (unsigned long long)r->refused);
	else if (ends_early(r->bytes, v->container))
		CUT(r, "the file ends before its container does");
	else if (r->mode == VIDEO_EXACT && !v->stated && v->duration > 0 && v->duration - r->last > 1 + v->duration / 20)
		CUT(r, "ends after %.1f s; the container states %.1f s", r->last, v->duration);
}

static void reader_free(struct reader *r)
{
	pixels_free(&r->pixels);
	avcodec_free_context(&r->codec);
	avformat_close_input(&r->format);
	if (r->io)
		av_freep(&r->io->buffer);
	avio_context_free(&r->io);
}

static enum err read_all(struct span bytes, enum video_mode mode, const struct video_limits *limits, video_frame_fn *frame, void *context, struct video *ret)
{
	struct reader r = { .bytes = bytes, .mode = mode, .frame = frame, .context = context, .ret = ret, .begin = AV_NOPTS_VALUE };
	if (limits)
		r.limits = *limits;
	r.limits.frames = r.limits.frames ? r.limits.frames : 1000000;
	r.limits.packets = r.limits.packets ? r.limits.packets : 8000000;
	if (r.limits.packets > 10000 + (uint64_t)span_size(&bytes))
		r.limits.packets = 10000 + (uint64_t)span_size(&bytes);
	r.limits.pixels = r.limits.pixels ? r.limits.pixels : 8192u * 8192u;
	r.limits.alloc_bytes = r.limits.alloc_bytes ? r.limits.alloc_bytes : 256u << 20;
	r.cpu_most = r.limits.cpu_seconds ? clock() + (clock_t)r.limits.cpu_seconds * CLOCKS_PER_SEC : 0;
	*ret = (struct video){ .container = video_container_of(bytes) };
	av_max_alloc(r.limits.alloc_bytes);
	enum err e = container_open(&r);
	if (!e)
		e = track_find(&r);
	if (!e)
		e = decoder_open(&r);
	if (!e) {
		r.begin = mode == VIDEO_KEYS ? r.stream->start_time : AV_NOPTS_VALUE;
		e = packets_read(&r);
		account(&r);
	}
	if (!e && !ret->frames)
		e = err_set(ERR_FORMAT, "no frame can be decoded%s%s", ret->cut[0] ? ": " : "", ret->cut);
	/* What was given stays: running out of memory in the middle is where it ends. */
	if ((e == ERR_NOMEM || e == ERR_LIMIT || e == ERR_UNSUPPORTED) && ret->frames) {
		CUT(&r, "%s", e == ERR_NOMEM ? "out of memory" : err_message());
		e = OK;
	}
	reader_free(&r);
	return e;
}

/* --- before the sandbox --- */

/* Each decoder is begun and ended once, the scaler too: tables and knowledge of the processor are then there for every worker. */
static enum err prepare(void)
{
	av_log_set_level(AV_LOG_QUIET);
	for (size_t i = 0; i < CODEC_COUNT; i++) {
		const AVCodec *c = avcodec_find_decoder_by_name(codecs[i].decoder);
		AVCodecContext *a = c ? avcodec_alloc_context3(c) : NULL;
		if (a) {
			a->thread_count = 1;
			a->width = a->height = 64;
			(void)avcodec_open2(a, c, NULL);
		}
		avcodec_free_context(&a);
	}
	sws_freeContext(sws_getContext(64, 63, AV_PIX_FMT_YUV420P, 64, 63, AV_PIX_FMT_RGB24, SWS_AREA, NULL, NULL, NULL));
	(void)pdq_variants();
	return OK;
}

const struct video_module custos_video = { VIDEO_MODULE_VERSION, prepare, read_all, err_message };
