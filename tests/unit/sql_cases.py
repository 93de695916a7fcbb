#!/usr/bin/env python3
"""Prints one test of an SQL function a line: SQL, tab, what it must give, worked out by Python's own library.

A result is its rows joined by ';', each its columns joined by '|'; NULL, integers, reals as Python prints them, text as it is,
blobs as x'hex'."""
import base64, datetime, gzip, json, plistlib, struct, uuid, xml.etree.ElementTree, zlib

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)


def us(d):
    return (d - EPOCH) // datetime.timedelta(microseconds=1)


def blob(b):
    return "x'%s'" % bytes(b).hex()


def case(sql, want):
    want = 'NULL' if want is None else want if isinstance(want, str) else blob(want) if isinstance(want, bytes) else repr(want)
    assert '\t' not in sql and '\n' not in sql + want
    print('%s\t%s' % (sql, want))


def times():
    cocoa = datetime.datetime(2001, 1, 1, tzinfo=UTC)
    webkit = datetime.datetime(1601, 1, 1, tzinfo=UTC)
    second = datetime.timedelta(seconds=1)
    for d in (datetime.datetime(2024, 2, 29, 12, 34, 56, 123456, UTC), datetime.datetime(1999, 12, 31, 23, 59, 59, 0, UTC),
              datetime.datetime(2038, 1, 19, 3, 14, 8, 500000, UTC), datetime.datetime(1969, 7, 20, 20, 17, 40, 0, UTC)):
        whole = d.replace(microsecond=0)
        case('SELECT unix_s(%d)' % ((whole - EPOCH) // second), us(whole))
        case('SELECT unix_s(%r)' % ((d - EPOCH) / second), us(d))
        case("SELECT unix_s('%d')" % ((whole - EPOCH) // second), us(whole))
        ms = d.replace(microsecond=d.microsecond // 1000 * 1000)
        case('SELECT unix_ms(%d)' % (us(ms) // 1000), us(ms))
        case('SELECT unix_us(%d)' % us(d), us(d))
        case('SELECT unix_ns(%d)' % (us(d) * 1000 + 999), us(d))
        case('SELECT webkit_us(%d)' % ((d - webkit) // datetime.timedelta(microseconds=1)), us(d))
        case('SELECT cocoa_s(%d)' % ((whole - cocoa) // second), us(whole))
        case('SELECT abs(cocoa_s(%r) - %d) <= 1' % ((d - cocoa) / second, us(d)), 1)
        case('SELECT cocoa_ns(%d)' % ((d - cocoa) // datetime.timedelta(microseconds=1) * 1000), us(d))
        case('SELECT cocoa_any(%d)' % ((whole - cocoa) // second), us(whole))
        case('SELECT cocoa_any(%d)' % ((d - cocoa) // datetime.timedelta(microseconds=1) * 1000), us(d))
        case("SELECT iso8601('%s')" % d.isoformat(), us(d))
        case("SELECT iso8601(' %s +0000 ')" % whole.strftime('%Y-%m-%d %H:%M:%S'), us(whole))
        zone = d.astimezone(datetime.timezone(datetime.timedelta(hours=-3, minutes=-30)))
        case("SELECT iso8601('%s')" % zone.isoformat(), us(d))
    for f in ('unix_s', 'unix_ms', 'unix_us', 'unix_ns', 'webkit_us', 'cocoa_s', 'cocoa_ns', 'cocoa_any'):
        for never in ('NULL', '0', '-1', '0.0', '-1.0', "'0'", "'soon'", "x'3132'", "''", '1e300', '-1e300'):
            case('SELECT %s(%s)' % (f, never), None)
    case('SELECT unix_s(9223372036854775807)', None)
    case('SELECT cocoa_s(-63114076800)', None)
    for bad in ("'2024-02-30T99:00:00Z'", "'yesterday'", "''", '20240229', 'NULL', "'2024-02-29T12:34:56Z and more of it'"):
        case('SELECT iso8601(%s)' % bad, None)


def selectors():
    # E.164 by its rules; the numbers are of the ranges kept for drama and examples.
    for text, want in (('07700 900123', '+447700900123'), ('+44 (0)7700 900123', '+447700900123'),
                       ('0044 7700-900-123', '+447700900123'), ('tel:+447700900123', '+447700900123'),
                       ('\u202a+44\u00a07700\u00a0900123\u202c', '+447700900123'), ('07700900123 ext 4', '+447700900123'),
                       ('020 7946 0123', '+442079460123'), ('+1 202-555-0123', '+12025550123'), ('60006', None), ('', None),
                       ('VODAFONE', None), ('O2 12345678901', None), ('someone@example.org', None), ('+44', None),
                       ('0' * 60, None), ('7' * 3000, None)):
        case("SELECT phone_e164('%s')" % text, want)
    case("SELECT phone_e164('(202) 555-0123', 'us')", '+12025550123')
    case("SELECT phone_e164('(202) 555-0123', 'ZZ')", None)
    case("SELECT phone_e164('+447700900123', 'ZZ')", '+447700900123')
    case('SELECT phone_e164(442079460123)', '+442079460123')
    case('SELECT phone_e164(100004381234567)', None)  # an account's id
    case('SELECT phone_e164(NULL)', None)
    for jid, want in (('447700900123@s.whatsapp.net', '+447700900123'), ('447700900123@c.us', '+447700900123'),
                      ('447700900123:7@s.whatsapp.net', '+447700900123'), ('447700900123_1@s.whatsapp.net', '+447700900123'),
                      ('447700900123.0:7@s.whatsapp.net', '+447700900123'), ('447700900123-1400000000@g.us', None),
                      ('120363025246125486@g.us', None), ('123456789012345@lid', None), ('123:4@lid', None),
                      ('status@broadcast', None), ('0@s.whatsapp.net', None), ('447700900123:7x@s.whatsapp.net', None), ('1234567890123456@c.us', None), ('anna@s.whatsapp.net', None), ('12', None)):
        case("SELECT jid_number('%s')" % jid, want or jid)
    case("SELECT jid_number('')", None)
    case('SELECT jid_number(NULL)', None)
    for text, want in (('@Some.One_99', 'some.one_99'), (' @x ', 'x'), ('Émile', 'Émile'), ('', None)):
        case("SELECT handle('%s')" % text, want)


def texts():
    text = 'naïve 日本 😀'
    case('SELECT utf16le(%s)' % blob(text.encode('utf-16le')), text)
    case('SELECT utf16be(%s)' % blob(text.encode('utf-16be')), text)
    case("SELECT latin1(x'e9')", bytes([0xe9]).decode('latin1'))
    u = uuid.UUID('12345678-9abc-def0-1234-56789abcdef0')
    case('SELECT hex_uuid(%s)' % blob(u.bytes), str(u))
    case("SELECT hex_uuid(x'00')", None)
    for n in range(6):
        data = bytes(range(250, 250 + n))if n < 6 else b''
        case("SELECT base64_decode('%s')" % base64.b64encode(data).decode(), data)
        case("SELECT base64_decode('%s')" % base64.urlsafe_b64encode(data).decode().rstrip('='), data)
    for number in (0, 255, 2 ** 63 - 1):
        case("SELECT hex_integer('%x')" % number, number)
    for bad in ("'A'", "'A==='", "'AA=A'", "'A*AA'", 'NULL'):
        case('SELECT base64_decode(%s)' % bad, None)
    case("SELECT path_part('a//b/c', 1), path_part('a//b/c', 2), path_part('/a/b', -1), path_part('a', 2), path_part('a', 0), "
         "path_part('a', -2), path_part(NULL, 1)", 'a|b|b|NULL|NULL|NULL|NULL')
    big = bytes(range(256)) * 300
    case('SELECT gunzip(%s)' % blob(gzip.compress(big)), big)
    case('SELECT gunzip(%s)' % blob(gzip.compress(b'one') + gzip.compress(b'two')), b'onetwo')
    case('SELECT zlib_inflate(%s)' % blob(zlib.compress(big)), big)
    case('SELECT gunzip(%s)' % blob(gzip.compress(big)[:-9]), None)
    case('SELECT zlib_inflate(%s)' % blob(b'nothing of the kind'), None)
    case('SELECT gunzip(%s)' % blob(zlib.compress(big)), None)


def varint(n):
    out = b''
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, wire, payload):
    return varint(number << 3 | wire) + payload


def length(number, payload):
    return field(number, 2, varint(len(payload)) + payload)


def protobufs():
    inner = length(2, 'café'.encode()) + field(3, 0, varint(2 ** 64 - 1)) + length(4, b'\x00\xff')
    m = field(1, 0, varint(300)) + length(4, inner) + field(5, 1, struct.pack('<d', 2.5)) + field(6, 5, struct.pack('<f', 0.5)) \
        + length(7, b'first') + length(7, b'last')
    b = blob(m)
    for sql, want in (("protobuf(%s, '1')", 300), ('protobuf(%s, 1)', 300), ("protobuf(%s, '4.2')", 'café'),
                      ("protobuf(%s, '4.3')", -1), ("protobuf(%s, '4.4')", b'\x00\xff'), ("protobuf(%s, '7')", 'last'),
                      ("protobuf(%s, '7[0]')", 'first'), ("protobuf(%s, '9')", None), ("protobuf(%s, '4.9.1')", None),
                      ("protobuf_double(%s, '5')", 2.5), ("protobuf_double(%s, '6')", 0.5), ("protobuf_double(%s, '1')", None),
                      ("protobuf_text(%s, '4.2')", 'café'), ("protobuf_blob(%s, '4.2')", 'café'.encode()),
                      ("protobuf_text(%s, '1')", None), ("json_extract(protobuf_json(%s), '$.4.2')", 'café'),
                      ("protobuf(%s, NULL)", None)):
        case('SELECT ' + sql % b, want)
    case("SELECT protobuf(NULL, '1'), protobuf(x'', '1'), protobuf_json(x'ff')", 'NULL|NULL|NULL')
    at = len(field(1, 0, varint(300)))
    case('SELECT rowid, field, wire, value FROM protobuf_each(%s) WHERE field IN (1, 7)' % b, '1|1|0|300;5|7|2|first;6|7|2|last')
    case("SELECT field, value, offset FROM protobuf_each(%s, '4') WHERE field = 2" % b, '2|café|%d' % (at + 2))
    case("SELECT count(*) FROM protobuf_each(%s, '8')" % b, 0)
    case('SELECT count(*) FROM protobuf_each(NULL)', 0)
    case('SELECT count(*) FROM protobuf_each', 0)
    case('SELECT count(*) FROM protobuf_each(%s)' % blob(m[:-2]), 5)
    # joined to a table, whose order the planner must not turn round
    case("SELECT t.n, p.value FROM (SELECT 1 AS n, %s AS b UNION ALL SELECT 2, %s) t, protobuf_each(t.b) p WHERE p.field = 1"
         % (b, blob(field(1, 0, b'\x07'))), '1|300;2|7')


def nodes(v):
    yield v
    for child in v.values() if isinstance(v, dict) else v if isinstance(v, list) else ():
        yield from nodes(child)


def plists():
    when = datetime.datetime(2022, 3, 4, 10, 11, 12)
    tree = {'name': 'Anna', 'n': 7, 'r': 1.5, 'yes': True, 'when': when, 'data': b'\x00\x01', 'list': [1, 'two', {'x': 3}],
            'a key': {'in': 'side'}}
    for fmt in (plistlib.FMT_BINARY, plistlib.FMT_XML):
        b = blob(plistlib.dumps(tree, fmt=fmt, sort_keys=False))
        for path, want in (('$.name', 'Anna'), ('$.n', 7), ('$.r', 1.5), ('$.yes', 1), ('$.data', b'\x00\x01'),
                           ('$.when', us(when.replace(tzinfo=UTC))), ('$.list[1]', 'two'), ('$.list[#-1].x', 3),
                           ('$."a key".in', 'side'), ('$.none', None), ('$.list[9]', None), ('name', None),
                           ('$.list', json.dumps(tree['list'], separators=(',', ':')))):
            case("SELECT plist(%s, '%s')" % (b, path), want)
        case("SELECT json_extract(plist_json(%s), '$.list[2].x')" % b, 3)
        case("SELECT json_type(json_array(plist(%s, '$.list')), '$[0]')" % b, 'array')
        case('SELECT group_concat(key) FROM plist_each(%s)' % b, ','.join(tree))
        case("SELECT rowid, key, value, type, path FROM plist_each(%s, '$.list')" % b,
             '1|0|1|int|$.list[0];2|1|two|text|$.list[1];3|2|{"x":3}|dict|$.list[2]')
        case("SELECT path FROM plist_each(%s, '$.\"a key\"')" % b, '$."a key".in')
        case("SELECT count(*), count(value), sum(parent IS NULL) FROM plist_tree(%s)" % b, '%d|%d|1' % (
            len(list(nodes(tree))), sum(not isinstance(v, (dict, list)) for v in nodes(tree))))
        case("SELECT value, plist(%s, path) FROM plist_tree(%s) WHERE parent = '$.list[2]'" % (b, b), '3|3')
        case("SELECT count(*) FROM plist_tree(%s) t WHERE plist(%s, t.path) IS NOT t.value AND t.type NOT IN ('array', 'dict')"
             % (b, b), 0)
    case("SELECT plist(x'62706c697374303000', '$'), plist(NULL, '$'), plist('', '$')", 'NULL|NULL|NULL')
    case("SELECT count(*) FROM plist_each(x'62706c697374303000')", 0)
    U = plistlib.UID
    archive = plistlib.dumps({'$archiver': 'NSKeyedArchiver', '$version': 100000, '$top': {'root': U(1)}, '$objects': [
        '$null', {'$class': U(6), 'NS.keys': [U(2), U(3)], 'NS.objects': [U(4), U(5)]}, 'who', 'when', 'Bea',
        {'$class': U(7), 'NS.time': 668081472.0}, {'$classname': 'NSDictionary', '$classes': ['NSDictionary', 'NSObject']},
        {'$classname': 'NSDate', '$classes': ['NSDate', 'NSObject']}]}, fmt=plistlib.FMT_BINARY)
    b = blob(archive)
    moment = us(datetime.datetime(2001, 1, 1, tzinfo=UTC) + datetime.timedelta(seconds=668081472))
    case("SELECT nskeyed(%s, '$.who'), nskeyed(%s, '$.when')" % (b, b), 'Bea|%d' % moment)
    case("SELECT json_extract(nskeyed_json(%s), '$.who')" % b, 'Bea')
    case('SELECT key, value, type FROM nskeyed_each(%s)' % b, 'who|Bea|text;when|%d|date' % moment)


def lines():
    case("SELECT rowid, line, text, offset FROM file_lines('ab' || char(13, 10) || char(10) || 'c')", '1|1|ab|0;2|2||4;3|3|c|5')
    case("SELECT text FROM file_lines(x'61ff0a')", 'a\ufffd')
    case("SELECT count(*) FROM file_lines('')", 0)
    case("SELECT sum(line) FROM file_lines(zeroblob(10))", 1)


def cookies():
    def cookie(url, name, path, value):
        strings = [s.encode() + b'\0' for s in (url, name, path, value)]
        offsets, at = [], 56
        for s in strings:
            offsets.append(at)
            at += len(s)
        head = struct.pack('<IIII', at, 0, 5, 0) + struct.pack('<IIII', *offsets) + bytes(8) + struct.pack('<dd', 700000000.0, 600000000.5)
        return head + b''.join(strings)
    body = cookie('.example.org', 'sid', '/', 'v=1')
    page = struct.pack('>I', 0x100) + struct.pack('<III', 1, 16, 0) + body
    data = b'cook' + struct.pack('>II', 1, len(page)) + page + struct.pack('>I', 0) + bytes.fromhex('071720050000004b')
    base = us(datetime.datetime(2001, 1, 1, tzinfo=UTC))
    case('SELECT url, name, path, value, flags, created_at, expires_at FROM cookies_each(%s)' % blob(data),
         '.example.org|sid|/|v=1|5|%d|%d' % (base + 600000000500000, base + 700000000000000))
    case("SELECT count(*) FROM cookies_each(x'636f6f6b')", 0)


def xmls():
    text = '<?xml version="1.0"?><map><string name="user &amp; id">An<!-- no -->na</string><set><int v="1"/><int v="2"/></set></map>'
    root = xml.etree.ElementTree.fromstring(text)
    order = list(root.iter())
    parent = {c: p for p in order for c in p}
    want = ';'.join('%d|%s|%s|%s|%s' % (i + 1, order.index(parent[e]) + 1 if e in parent else 'NULL', e.tag, ''.join(
        [e.text or ''] + [c.tail or '' for c in e]), json.dumps(e.attrib, separators=(',', ':'))) for i, e in enumerate(order))
    case("SELECT id, parent, name, text, attributes FROM xml_each('%s')" % text, want)
    case("SELECT id, attributes ->> 'v', depth FROM xml_each('%s', 'int')" % text, '4|1|2;5|2|2')
    case("SELECT text FROM xml_each('%s') WHERE attributes ->> 'name' = 'user & id'" % text, 'Anna')
    # Android binary XML, written by hand: <a n="7" t="x&lt;"><b/>é</a>
    words = []

    def word(w):
        if w in words:
            return struct.pack('>H', words.index(w))
        words.append(w)
        return b'\xff\xff' + struct.pack('>H', len(w.encode())) + w.encode()

    def string(w):
        return struct.pack('>H', len(w.encode())) + w.encode()
    abx = b'ABX\0\x10' + b'\x32' + word('a') + b'\x6f' + word('n') + struct.pack('>i', 7) + b'\x2f' + word('t') + string('x<') + \
        b'\x32' + word('b') + b'\x33' + word('b') + b'\x24' + string('é') + b'\x33' + word('a') + b'\x11'
    case('SELECT id, parent, name, text, depth, attributes FROM abx_each(%s)' % blob(abx),
         '1|NULL|a|é|0|{"n":"7","t":"x<"};2|1|b||1|{}')
    case('SELECT abx(%s)' % blob(abx), '<a n="7" t="x&lt;">é<b></b></a>')
    case("SELECT abx(x'4142580030'), abx('no'), abx(NULL)", 'NULL|NULL|NULL')
    case("SELECT count(*) FROM xml_each('no')", 0)
    case("SELECT count(*) FROM xml_each('<a><b/></x')", 2)  # what stands before the damage


for part in (times, selectors, texts, protobufs, plists, lines, cookies, xmls):
    part()
