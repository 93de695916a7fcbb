/* Signed notes: the example of the format's own first implementation, keys, checkpoints, witnesses; each changed byte is found. */
#include "casebook/note.h"

#include <string.h>

#include "casebook/tile.h"
#include "check.h"

static const char key_text[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char secret_text[] = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
static const char note_text[] = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
				"\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

TEST(the_published_example)
{
	struct note_key key, secret;
	struct buf out = { 0 };
	CHECK_INT(note_key_read(key_text, &key), OK);
	CHECK(!key.secret && key.type == NOTE_SIGNER);
	CHECK_INT(note_verify(note_text, sizeof note_text - 1, &key, NULL), OK);
	CHECK_INT(note_key_read(secret_text, &secret), OK);
	CHECK(secret.secret && memcmp(secret.public_key, key.public_key, 32) == 0);
	buf_add(&out, note_text, (size_t)(strstr(note_text, "\n\n") - note_text) + 1);
	CHECK_INT(note_sign(&out, &secret, 0), OK);
	CHECK_TEXT(out.data, note_text); /* Ed25519 signs one text in one way */
	buf_clear(&out);
	note_key_write(&secret, false, &out);
	CHECK(strncmp(out.data, key_text, sizeof key_text - 1) == 0);
	buf_clear(&out);
	note_key_write(&secret, true, &out);
	CHECK(strncmp(out.data, secret_text, sizeof secret_text - 1) == 0);
	buf_free(&out);
}

TEST(each_changed_byte_is_found)
{
	struct note_key key;
	char text[sizeof note_text];
	CHECK_INT(note_key_read(key_text, &key), OK);
	for (size_t i = 0; i < sizeof note_text - 2; i++) { /* the last line feed may be missing */
		memcpy(text, note_text, sizeof text);
		text[i] ^= 1;
		CHECK(note_verify(text, sizeof text - 1, &key, NULL) != OK);
	}
	for (size_t n = 0; n < sizeof note_text - 2; n++)
		CHECK(note_verify(note_text, n, &key, NULL) != OK);
	for (size_t n = 0; n < sizeof key_text - 1; n++) {
		memcpy(text, key_text, n);
		text[n] = 0;
		CHECK(note_key_read(text, &key) == ERR_FORMAT);
	}
}

TEST(a_checkpoint_with_a_witness)
{
	struct note_key log, witness, other;
	struct checkpoint c = { .origin = "custos-log-test", .size = 4711 }, read;
	struct buf note = { 0 };
	uint64_t at = 0;
	memset(c.root.bytes, 0xa5, sizeof c.root.bytes);
	CHECK_INT(note_key_make("custos-log-test", NOTE_SIGNER, &log), OK);
	CHECK_INT(note_key_make("witness.example.org", NOTE_WITNESS, &witness), OK);
	CHECK_INT(note_key_make("witness.example.org", NOTE_WITNESS, &other), OK);
	CHECK_INT(note_key_make("no spaces", NOTE_SIGNER, &other), ERR_USAGE);
	CHECK_INT(note_key_make("witness.example.org", NOTE_WITNESS, &other), OK);
	checkpoint_write(&c, &note);
	CHECK_TEXT(note.data, "custos-log-test\n4711\npaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU=\n");
	CHECK_INT(note_sign(&note, &log, 0), OK);
	CHECK_INT(note_sign(&note, &witness, 1764080645), OK);
	CHECK_INT(checkpoint_read(note.data, note.size, &read), OK);
	CHECK(read.size == 4711 && merkle_same(&read.root, &c.root) && strcmp(read.origin, c.origin) == 0);
	CHECK_INT(note_verify(note.data, note.size, &log, NULL), OK);
	CHECK_INT(note_verify(note.data, note.size, &witness, &at), OK);
	CHECK(at == 1764080645);
	CHECK_INT(note_verify(note.data, note.size, &other, NULL), ERR_NOT_FOUND);
	note.data[16] = '5'; /* 5711 entries */
	CHECK_INT(note_verify(note.data, note.size, &log, NULL), ERR_CHANGED);
	CHECK_INT(note_verify(note.data, note.size, &witness, NULL), ERR_CHANGED);
	static const char *const bad[] = { "", "x\n", "x\n1\n", "x\n01\npaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU=\n", "x\n-1\npaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU=\n", "x\n1\npaWl\n", "\n1\npaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU=\n",
					   "x\n99999999999999999999\npaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaU=\n" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK_INT(checkpoint_read(bad[i], strlen(bad[i]), &read), ERR_FORMAT);
	buf_free(&note);
}

TEST(tiles_have_their_paths)
{
	char path[TILE_PATH];
	tile_path(0, 0, 256, path);
	CHECK_TEXT(path, "tile/0/000");
	tile_path(3, 1234067, 7, path);
	CHECK_TEXT(path, "tile/3/x001/x234/067.p/7");
	tile_path(-1, 1000, 256, path);
	CHECK_TEXT(path, "tile/entries/x001/000");
}

int main(void)
{
	RUN(the_published_example);
	RUN(each_changed_byte_is_found);
	RUN(a_checkpoint_with_a_witness);
	RUN(tiles_have_their_paths);
	return check_done();
}
