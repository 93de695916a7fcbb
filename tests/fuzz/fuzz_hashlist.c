/* The file of a list: whatever its header states, nothing outside it is read. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "match/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool hit_look(void *context, const struct list_hit *h)
{
	struct list_entry e;
	size_t *all = context;
	if (list_entry_get(h->list, h->entry, &e))
		*all += strlen(e.category) + strlen(e.media) + strlen(e.series) + strlen(e.tags);
	return *all < 1 << 20;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t digests[4][LIST_DIGEST_MOST] = { { 0 }, { 0x80 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, { 'a' } };
	char path[40];
	struct list *l;
	size_t all = 0;
	int fd = memfd_create("list", MFD_CLOEXEC);
	assert(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (list_open(path, &l) == OK) {
		const struct list_about *a = list_about(l);
		uint32_t count;
		all += strlen(a->name) + strlen(a->version) + strlen(a->source) + strlen(a->country) + strlen(a->handling) + strlen(a->format);
		for (int k = LIST_MD5; k <= LIST_SHA256; k++) {
			for (int i = 0; i < 4; i++)
				list_find_in(l, (enum list_kind)k, digests[i], hit_look, &all);
			if (size >= LIST_DIGEST_MOST)
				list_find_in(l, (enum list_kind)k, data + size - LIST_DIGEST_MOST, hit_look, &all);
		}
		for (uint32_t i = 0; i < a->categories && i < 1000; i++)
			all += strlen(list_category(l, i, NULL));
		const struct pdq *p = list_pdq(l, &count);
		for (uint32_t i = 0; i < count && i < 1000; i++)
			all += (size_t)(p[i].words[3] & 1) + (list_pdq_entry(l, i) == 7);
		list_verify(l);
		list_free(l);
	}
	close(fd);
	return 0;
}
