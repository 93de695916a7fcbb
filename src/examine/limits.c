#include "examine/limits.h"

/* What a file claims beyond this (a sparse one) earns it no more. */
static const uint64_t size_most = 1ull << 40;

struct worker_limits worker_limits_of(uint64_t size, uint64_t total)
{
	size = size < size_most ? size : size_most;
	total = total < size_most ? total : size_most;
	uint64_t mib = total >> 20;
	struct worker_limits l = {
		.memory_bytes = (1ull << 30) + 2 * size,
		.cpu_seconds = (uint32_t)(60 + mib),
		.silence_ms = 120000 + 250 * mib,
		.end_ms = 60000,
		.output_bytes = (128ull << 20) + 32 * total,
		.notes = 2000,
	};
	/* A worker that works comes to its CPU limit first, even where it gets but a quarter of a core. */
	l.wait_ms = 4 * (uint64_t)l.cpu_seconds * 1000 + l.silence_ms;
	return l;
}

static void lower_one(uint64_t *limit, uint64_t lower)
{
	if (lower)
		*limit = lower;
}

void worker_limits_lower(struct worker_limits *limits, const struct worker_limits *lower)
{
	lower_one(&limits->memory_bytes, lower->memory_bytes);
	if (lower->cpu_seconds)
		limits->cpu_seconds = lower->cpu_seconds;
	lower_one(&limits->silence_ms, lower->silence_ms);
	lower_one(&limits->wait_ms, lower->wait_ms);
	lower_one(&limits->end_ms, lower->end_ms);
	lower_one(&limits->output_bytes, lower->output_bytes);
	lower_one(&limits->notes, lower->notes);
}
