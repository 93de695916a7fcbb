#!/usr/bin/env python3
"""Loads custos_sql.so (the argument) into the stock sqlite3 shell and asks it a few questions. Exit status 77: no shell here."""
import os, plistlib, shutil, subprocess, sys

extension = os.path.abspath(sys.argv[1])
if not shutil.which('sqlite3'):
    print('skipped: no sqlite3 shell')
    sys.exit(77)
env = dict(os.environ)
if b'__asan_init' in open(extension, 'rb').read():
    # A sanitized library needs its runtime before everything else in the shell.
    env['LD_PRELOAD'] = ':'.join(subprocess.run(['gcc', '-print-file-name=' + n], capture_output=True, text=True).stdout.strip()
                                 for n in ('libasan.so', 'libubsan.so'))
    env['ASAN_OPTIONS'] = 'detect_leaks=0'


def shell(*lines):
    r = subprocess.run(['sqlite3', '-batch', '-bail', ':memory:'], input='\n'.join(('.load ' + extension,) + lines) + '\n',
                       capture_output=True, text=True, env=env)
    return r.returncode, r.stdout.strip(), r.stderr.strip()


failed = 0
plist = plistlib.dumps({'name': 'Anna', 'n': 7}, fmt=plistlib.FMT_BINARY).hex()
for sql, want in (
        ("SELECT unix_ms(1709210096123);", '1709210096123000'),
        ("SELECT phone_e164('07700 900123');", '+447700900123'),
        ("SELECT plist(x'%s', '$.name');" % plist, 'Anna'),
        ("SELECT key, value FROM plist_each(x'%s') ORDER BY key;" % plist, 'n|7\nname|Anna'),
        ("SELECT field, value FROM protobuf_each(x'0a0361626310ac02');", '1|abc\n2|300'),
        # Pure functions may stand in a schema of one's own; format functions too, as long as it is trusted.
        ("CREATE TABLE t(a); INSERT INTO t VALUES(1); CREATE VIEW v AS SELECT unix_s(a) FROM t; SELECT * FROM v;", '1000000'),
        ("SELECT file() IS NULL;", '1')):
    status, out, err = shell(sql)
    if status or out != want:
        failed += 1
        print('%s\n gives %r (%d, %s)\n   not %r' % (sql, out, status, err, want))
print('%s' % ('failed' if failed else 'passed'))
sys.exit(failed > 0)
