/* Checkpoints, notes, keys and log entries from anybody. */
#include <stdlib.h>
#include <string.h>

#include "casebook/log.h"
#include "casebook/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct note_key key;
	struct note_key read;
	struct checkpoint c;
	struct log_entry entry;
	if (!*key.name)
		note_key_read("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", &key);
	char *text = malloc(size + 1);
	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	note_verify(text, size, &key, NULL);
	checkpoint_read(text, size, &c);
	log_entry_read(text, size, &entry);
	note_key_read(text, &read);
	free(text);
	return 0;
}
