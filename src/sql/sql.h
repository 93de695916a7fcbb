/* sql: formats as SQL functions and table functions on an SQLite connection, and evidence as databases.
 *
 * Every function is total: on damaged input it gives NULL (or no rows) and, where a note callback is set, tells what was wrong.
 *
 * Scalars
 *   times → integer µs UTC or NULL:  unix_s(x) unix_ms(x) unix_us(x) unix_ns(x) webkit_us(x) cocoa_s(x) cocoa_ns(x) iso8601(text)
 *                                    cocoa_any(x) (seconds or nanoseconds by magnitude: sms.db changed with iOS 11)
 *                                    0 and negative sentinels that mean "never" (0, -1) give NULL in all of them
 *   selectors: phone_e164(text [, region])  E.164 or NULL (region default GB; libphonenumber); jid_number(jid) "+447…" of a WhatsApp
 *              jid (…@s.whatsapp.net, …@c.us, device suffixes ":7" and "_1" dropped), the jid itself for groups, lids and others; handle(text) lower-case without '@'
 *   formats:   protobuf(blob,'4.2') (LEN → text when printable UTF-8, else blob; others integer), protobuf_text, protobuf_blob, protobuf_double, protobuf_json(blob),
 *              plist(blob,'$.key') plist_json(blob), nskeyed(blob,'$.root.x') nskeyed_json(blob) (scalars as SQL values, dates as µs, containers as JSON),
 *              typedstream_text(blob), abx(blob) (as XML text), gunzip(blob), zlib_inflate(blob) (≤ 64 MB out),
 *              utf16le(blob), utf16be(blob), latin1(blob), hex_uuid(blob) (16 bytes → lower-case UUID text), base64_decode(text), hex_integer(text)
 *   context:   file() content of the evidence file as blob; file_path() its path; file_name(); profile(); path_part(path, n) n-th component (negative: from the end)
 * Table functions
 *   plist_each(blob[, path]) nskeyed_each(blob[, path])   key, value, type, path            one level below path
 *   plist_tree(blob)                        key, value, type, path, parent      every node
 *   protobuf_each(blob[, path])             field, wire, value, offset
 *   xml_each(blob[, name]) abx_each = same  id, parent, name, text, depth, attributes (JSON object)
 *   xml_attr(attributes, 'name') is json ->> so no function is needed
 *   leveldb(blob)                           key, value, sequence, deleted, offset
 *   segb_each(blob)                         ordinal, version, state, created_at, data, crc_ok, offset
 *   cookies_each(blob)                      url, name, path, value, flags, created_at, expires_at, offset
 *   file_lines(blob)                        line, text, offset
 * Table functions have a rowid that counts from 1 in input order.
 */
#ifndef CUSTOS_SQL_SQL_H
#define CUSTOS_SQL_SQL_H

#include <sqlite3.h>

#include "base/err.h"
#include "base/span.h"
#include "formats/sqlite_file.h"

/* What file(), file_path() and profile() answer, and where notes go. Borrowed: must outlive the connection. */
struct sql_context {
	struct span file;    /* empty for a database */
	const char *path;    /* UTF-8, NUL-terminated; NULL: none */
	const char *profile; /* NULL: none */
	void (*note)(void *note_context, const char *path, uint64_t offset, const char *reason); /* NULL: dropped */
	void *note_context;
};

/* Once for each process, before any connection, thread or sandbox: everything that needs files or random bytes. Afterwards opening
 * evidence and running the functions opens no file. Returns an SQLite result code. */
int sql_startup(void);

/* Adds all functions to `db`. `context` may be NULL (loadable extension). Returns an SQLite result code. */
int sql_register(sqlite3 *db, const struct sql_context *context);

/* Opens evidence as a read-only database through the evidence VFS (src/sql/evidence_vfs.c). File descriptors are borrowed (read with
 * pread, so each may be shared); -1: none. The VFS lays WAL or hot journal over the main file (formats/sqlite_file.h). On the
 * returned connection: no extension loading, defensive, untrusted schema, cell_size_check on, limits set against hostile files.
 * `note` may be NULL. */
struct sql_evidence {
	int db_fd, wal_fd, journal_fd;
	const char *path; /* for messages and notes */
};
enum err sql_open_evidence(const struct sql_evidence *files, const struct sql_context *context, sqlite3 **ret);

/* Attaches another evidence database to `db` as `name`. */
enum err sql_attach_evidence(sqlite3 *db, const char *name, const struct sql_evidence *files, const struct sql_context *context);

/* What reads one of the files through its descriptor, which is borrowed as long as `ret` is in use; -1: an input that is not there. */
enum err sql_evidence_input(const int *fd, struct sqlite_input *ret);

#endif
