#!/usr/bin/env python3
"""Makes the small backups that test_backups reads: make_backups.py OUTDIR.

Everything is fixed (no clock, no random bytes), and nothing of the product is used: plistlib, sqlite3, tarfile, zlib,
hashlib and the AES below, which checks itself against FIPS 197 and RFC 3394 first.
"""
import hashlib
import io
import os
import plistlib
import sqlite3
import struct
import sys
import tarfile
import zlib

PASSWORD = "Wing-B 2-14"
PASSWORD_WIDE = "Schlüssel-日本"
AB_MTIME = 1700000000


# AES-256, forward direction only: fixtures are encrypted here and decrypted by the product.
def _tables():
    sbox, p, q = [0] * 256, 1, 1
    while True:
        p = p ^ (p << 1 & 0xff) ^ (0x1b if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xff
        if q & 0x80:
            q ^= 0x09
        x = q
        for r in (1, 2, 3, 4):
            x ^= (q << r | q >> (8 - r)) & 0xff
        sbox[p] = x ^ 0x63
        if p == 1:
            break
    sbox[0] = 0x63
    return sbox


SBOX = _tables()
DOUBLE = [(x << 1 ^ (0x11b if x & 0x80 else 0)) & 0xff for x in range(256)]
ORDER = [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11]


def expand(key):
    words, rcon = [list(key[i:i + 4]) for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        t = list(words[i - 1])
        if i % 8 == 0:
            t = [SBOX[b] for b in t[1:] + t[:1]]
            t[0] ^= rcon
            rcon = DOUBLE[rcon]
        elif i % 8 == 4:
            t = [SBOX[b] for b in t]
        words.append([a ^ b for a, b in zip(words[i - 8], t)])
    return [sum(words[i:i + 4], []) for i in range(0, 60, 4)]


def encrypt_block(rounds, block):
    s = [a ^ b for a, b in zip(block, rounds[0])]
    for n in range(1, 15):
        s = [SBOX[s[i]] for i in ORDER]
        if n < 14:
            t = []
            for c in range(0, 16, 4):
                a = s[c:c + 4]
                allof = a[0] ^ a[1] ^ a[2] ^ a[3]
                t += [a[i] ^ allof ^ DOUBLE[a[i] ^ a[(i + 1) % 4]] for i in range(4)]
            s = t
        s = [a ^ b for a, b in zip(s, rounds[n])]
    return bytes(s)


def cbc(key, iv, data, pad=True):
    if pad:
        n = 16 - len(data) % 16
        data += bytes([n]) * n
    rounds, out, last = expand(key), bytearray(), iv
    for i in range(0, len(data), 16):
        last = encrypt_block(rounds, bytes(a ^ b for a, b in zip(data[i:i + 16], last)))
        out += last
    return bytes(out)


def wrap(kek, key):
    """RFC 3394, section 2.2.1."""
    rounds, a, r = expand(kek), b"\xa6" * 8, [key[i:i + 8] for i in range(0, len(key), 8)]
    for j in range(6):
        for i in range(len(r)):
            b = encrypt_block(rounds, a + r[i])
            a = (int.from_bytes(b[:8], "big") ^ (len(r) * j + i + 1)).to_bytes(8, "big")
            r[i] = b[8:]
    return a + b"".join(r)


def check_self():
    key = bytes(range(32))
    assert encrypt_block(expand(key), bytes.fromhex("00112233445566778899aabbccddeeff")).hex() == \
        "8ea2b7ca516745bfeafc49904b496089"
    data = bytes.fromhex("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F")
    assert wrap(key, data).hex().upper() == \
        "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21"


def seeded(name, size):
    """Fixed bytes that look random."""
    out, n = b"", 0
    while len(out) < size:
        out += hashlib.sha256(f"{name}/{n}".encode()).digest()
        n += 1
    return out[:size]


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


# iTunes backups
U = plistlib.UID


def mbfile(path, size, mode, target=None, klass=0, key=None, modified=1650000000, birth=1640000000):
    objects = ["$null"]

    def add(x):
        objects.append(x)
        return U(len(objects) - 1)

    f = {"LastModified": modified, "LastStatusChange": modified + 1, "Birth": birth, "Flags": 0, "GroupID": 501,
         "UserID": 501, "InodeNumber": 4242, "Mode": mode, "Size": size, "ProtectionClass": klass}
    root = add(f)
    f["RelativePath"] = add(path)
    if target is not None:
        f["Target"] = add(target)
    if key is not None:
        d = {"NS.data": key}
        f["EncryptionKey"] = add(d)
        d["$class"] = add({"$classname": "NSMutableData", "$classes": ["NSMutableData", "NSData", "NSObject"]})
    f["$class"] = add({"$classname": "MBFile", "$classes": ["MBFile", "NSObject"]})
    archive = {"$version": 100000, "$archiver": "NSKeyedArchiver", "$top": {"root": root}, "$objects": objects}
    return plistlib.dumps(archive, fmt=plistlib.FMT_BINARY)


def tlv(tag, value):
    if isinstance(value, int):
        value = struct.pack(">I", value)
    return tag.encode() + struct.pack(">I", len(value)) + value


def keybag(password, new, kek_rounds=100, first_rounds=200):
    salt, first_salt = seeded("salt", 20), seeded("first salt", 20)
    secret = password.encode()
    if new:
        secret = hashlib.pbkdf2_hmac("sha256", secret, first_salt, first_rounds, 32)
    kek = hashlib.pbkdf2_hmac("sha1", secret, salt, kek_rounds, 32)
    bag = tlv("VERS", 3) + tlv("TYPE", 1) + tlv("UUID", seeded("bag", 16)) + tlv("HMCK", seeded("hmck", 40))
    bag += tlv("WRAP", 0) + tlv("SALT", salt) + tlv("ITER", kek_rounds)
    if new:
        bag += tlv("DPWT", 1) + tlv("DPIC", first_rounds) + tlv("DPSL", first_salt)
    classes = {}
    for c in range(1, 12):
        classes[c] = seeded(f"class {c}", 32)
        bag += tlv("UUID", seeded(f"uuid {c}", 16)) + tlv("CLAS", c)
        if c == 5:  # kept by the device alone
            bag += tlv("WRAP", 1) + tlv("KTYP", 0) + tlv("WPKY", seeded("device", 40))
        else:
            bag += tlv("WRAP", 2) + tlv("KTYP", 0) + tlv("WPKY", wrap(kek, classes[c]))
    return bag, classes


APP = "AppDomain-org.example.chat"
GROUP = "AppDomainGroup-group.org.example.chat"
# domain, path, flags, content (or link target)
FILES = [
    ("HomeDomain", "Library/SMS/sms.db", 1, b"short messages, in truth no database\n"),
    ("HomeDomain", "Library", 2, None),
    ("HomeDomain", "Library/link", 4, b"/private/var/mobile/elsewhere"),
    ("CameraRollDomain", "Media/DCIM/100APPLE/IMG_0001.JPG", 1, seeded("picture", 70001)[:1500]),
    ("MediaDomain", "Media/Recordings/sixteen.m4a", 1, seeded("sound", 64)),
    ("WirelessDomain", "Library/Databases/empty.sqlite", 1, b""),
    (APP, "Documents/Grüße.txt", 1, "Grüße".encode()),
    (APP, "Library/Preferences/org.example.chat.plist", 1, b"one byte more than a block"[:17]),
    (GROUP, "ChatStorage.sqlite", 1, seeded("chat", 300)),
    ("AppDomainPlugin-org.example.chat.share", "Library/x", 1, b"x"),
    ("SysContainerDomain-org.example.sys", "Library/y", 1, b"y"),
    ("HealthDomain", "Health/healthdb.sqlite", 1, b"steps"),
    ("DatabaseDomain", "com.apple.x/z", 1, b"z"),
    ("NewDomain", "a/b", 1, b"a domain that nobody knows yet"),
]


def file_id(domain, path):
    return hashlib.sha1(f"{domain}-{path}".encode()).hexdigest()


def itunes(folder, password=None, new=True, extra=True):
    os.makedirs(folder, exist_ok=True)
    classes = None
    manifest = {"Version": "10.0", "IsEncrypted": password is not None, "WasPasscodeSet": True,
                "Lockdown": {"ProductVersion": "15.3.1", "UniqueDeviceID": "0" * 40},
                "Applications": {"org.example.chat": {}}}
    if password is not None:
        bag, classes = keybag(password, new)
        manifest["BackupKeyBag"] = bag
    if new and password is not None:  # iOS 10.2 also brought the encrypted Manifest.db
        manifest_key = seeded("manifest key", 32)
        manifest["ManifestKey"] = struct.pack("<I", 4) + wrap(classes[4], manifest_key)
    db = os.path.join(folder, "Manifest.db.tmp")
    if os.path.exists(db):
        os.unlink(db)
    con = sqlite3.connect(db)
    con.execute("PRAGMA page_size=1024")
    con.execute("CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, "
                "file BLOB)")
    con.execute("CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB)")

    def add(domain, path, flags, content, on_disk=True, claimed=None, name=None, klass=3):
        ident = name or file_id(domain, path)
        mode = {1: 0o100644, 2: 0o40755, 4: 0o120755}[flags]
        target = content.decode() if flags == 4 else None
        size = len(content) if flags == 1 else 0
        key = sealed = None
        if classes and flags == 1:
            plain_key = seeded(f"key {domain} {path}", 32)
            kek = classes[klass] if klass != 5 else seeded("never", 32)
            key = struct.pack("<I", klass) + wrap(kek, plain_key)
            sealed = cbc(plain_key, bytes(16), content)
        blob = mbfile(path, size if claimed is None else claimed, mode, target, klass if classes else 0, key)
        con.execute("INSERT INTO Files VALUES (?,?,?,?,?)", (ident, domain, path, flags, blob))
        if flags == 1 and on_disk:
            write(os.path.join(folder, ident[:2], ident), sealed if classes else content)

    for f in FILES:
        add(*f)
    if extra:
        add("HomeDomain", "Library/gone.db", 1, b"not on disk", on_disk=False)
        add("HomeDomain", "Library/grown.db", 1, b"longer than the manifest says, by far", claimed=5)
        add("HomeDomain", "../../etc/passwd", 1, b"climbs")
        con.execute("INSERT INTO Files VALUES ('../../../../etc/passwd','HomeDomain','Library/bad-id',1,?)",
                    (mbfile("Library/bad-id", 1, 0o100644),))
        con.execute("INSERT INTO Files VALUES (?,'HomeDomain','Library/bad-record',1,?)",
                    (file_id("HomeDomain", "Library/bad-record"), b"bplist00 and then nothing"))
        stray = "ab" + "cd" * 19
        write(os.path.join(folder, stray[:2], stray), b"nobody names me")
        if classes:
            add("HomeDomain", "Library/device-only.db", 1, b"kept by the device", klass=5)
    con.commit()
    con.close()
    with open(db, "rb") as f:
        data = f.read()
    os.unlink(db)
    if new and password is not None:
        data = cbc(manifest_key, bytes(16), data, pad=False)
    write(os.path.join(folder, "Manifest.db"), data)
    write(os.path.join(folder, "Manifest.plist"), plistlib.dumps(manifest, fmt=plistlib.FMT_BINARY))
    info = {"Device Name": "Test phone", "Product Version": "15.3.1"}
    write(os.path.join(folder, "Info.plist"), plistlib.dumps(info))
    write(os.path.join(folder, "Status.plist"), plistlib.dumps({"SnapshotState": "finished"}, fmt=plistlib.FMT_BINARY))
    if password is not None:
        write(os.path.join(os.path.dirname(folder), os.path.basename(folder) + ".keybag"), bag)


def mbdb(folder, password=None):
    """A backup as before iOS 10: Manifest.mbdb, and all files in one folder."""
    os.makedirs(folder, exist_ok=True)
    manifest = {"Version": "9.1", "IsEncrypted": password is not None}
    classes = None
    if password is not None:
        manifest["BackupKeyBag"], classes = keybag(password, False)

    def text(data):
        return b"\xff\xff" if data is None else struct.pack(">H", len(data)) + data

    out = b"mbdb\x05\x00"
    for n, (domain, path, flags, content) in enumerate(FILES):
        mode = {1: 0o100644, 2: 0o40755, 4: 0o120755}[flags]
        key = None
        if flags == 1:
            stored = content
            if classes:
                plain_key = seeded(f"key {domain} {path}", 32)
                key = struct.pack("<I", 3) + wrap(classes[3], plain_key)
                stored = cbc(plain_key, bytes(16), content)
            write(os.path.join(folder, file_id(domain, path)), stored)
        out += text(domain.encode()) + text(path.encode()) + text(content if flags == 4 else None)
        out += text(hashlib.sha1(content).digest() if flags == 1 and n % 2 else None) + text(key)
        out += struct.pack(">HQIIIIIQBB", mode, 1000 + n, 501, 501, 1650000000, 1650000001, 1640000000,
                           len(content) if flags == 1 else 0, 3 if classes else 0, n % 3)
        for i in range(n % 3):
            out += text(b"com.example.x%d" % i) + text(None if i else b"\x00\xff\x01")
    write(os.path.join(folder, "Manifest.mbdb"), out)
    write(os.path.join(folder, "Manifest.plist"), plistlib.dumps(manifest, fmt=plistlib.FMT_BINARY))
    write(os.path.join(folder, "Info.plist"), plistlib.dumps({"Device Name": "Test phone", "Product Version": "9.3.5", "Build Version": "13G36"}))
    write(os.path.join(folder, "Status.plist"), plistlib.dumps({"SnapshotState": "finished"}, fmt=plistlib.FMT_BINARY))


# Android backups
AB_FILES = [
    ("apps/org.example.chat/_manifest", b"1\norg.example.chat\n"),
    ("apps/org.example.chat/a/base.apk", b"PK no apk"),
    ("apps/org.example.chat/db/chat.db", seeded("android chat", 3000)),
    ("apps/org.example.chat/f/note.txt", b"in files"),
    ("apps/org.example.chat/sp/settings.xml", b"<map />"),
    ("apps/org.example.chat/r/app_webview/Cookies", b"in the root"),
    ("apps/org.example.chat/c/cached", b"in cache"),
    ("apps/org.example.chat/nb/kept", b"in no_backup"),
    ("apps/org.example.chat/ef/media/voice.opus", b"outside"),
    ("apps/org.example.chat/obb/main.obb", b"obb"),
    ("apps/org.example.chat/d_f/000000_sms_backup", b"device-protected"),
    ("apps/org.example.chat/d_db/d.db", b"device-protected database"),
    ("apps/org.example.chat/k/pairs", b"key and value"),
    ("apps/org.example.chat/zz/odd", b"a token of the future"),
    ("shared/0/DCIM/Camera/1.jpg", b"shared picture"),
]


def ab_tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as t:
        for name, data in AB_FILES:
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = len(data), AB_MTIME, 0o600
            t.addfile(info, io.BytesIO(data))
    return out.getvalue()


def java_chars(data):
    """Bytes as Java's (char)(byte), then UTF-8."""
    return "".join(chr(b if b < 0x80 else 0xff00 | b) for b in data).encode()


def ab(path, version, compressed=True, password=None, wide_checksum=True, low_byte_password=False, rounds=100):
    head = f"ANDROID BACKUP\n{version}\n{int(compressed)}\n".encode()
    body = zlib.compress(ab_tar(), 9) if compressed else ab_tar()
    if password is None:
        write(path, head + b"none\n" + body)
        return
    user_salt, checksum_salt = seeded("user salt", 64), seeded("checksum salt", 64)
    user_iv, iv = seeded("user iv", 16), seeded("iv", 16)
    master = seeded("master", 32)
    secret = bytes(ord(c) & 0xff for c in password) if low_byte_password else password.encode()
    user_key = hashlib.pbkdf2_hmac("sha1", secret, user_salt, rounds, 32)
    checksum = hashlib.pbkdf2_hmac("sha1", java_chars(master) if wide_checksum else master, checksum_salt, rounds, 32)
    blob = cbc(user_key, user_iv, bytes([16]) + iv + bytes([32]) + master + bytes([32]) + checksum)
    head += b"AES-256\n"
    for line in (user_salt.hex(), checksum_salt.hex(), str(rounds), user_iv.hex(), blob.hex()):
        head += line.upper().encode() + b"\n"
    write(path, head + cbc(master, iv, body))


def main():
    check_self()
    out = sys.argv[1]
    itunes(os.path.join(out, "plain"))
    itunes(os.path.join(out, "sealed"), PASSWORD, new=True)
    itunes(os.path.join(out, "sealed9"), PASSWORD, new=False, extra=False)
    mbdb(os.path.join(out, "old"))
    mbdb(os.path.join(out, "old_sealed"), PASSWORD)
    ab(os.path.join(out, "plain.ab"), 1)
    ab(os.path.join(out, "stored.ab"), 4, compressed=False)
    ab(os.path.join(out, "v1.ab"), 1, password=PASSWORD_WIDE, wide_checksum=False, low_byte_password=True)
    for v in (2, 3, 4, 5):
        ab(os.path.join(out, f"v{v}.ab"), v, password=PASSWORD)
    ab(os.path.join(out, "sealed_stored.ab"), 4, compressed=False, password=PASSWORD)
    ab(os.path.join(out, "wide.ab"), 3, password=PASSWORD_WIDE)
    ab(os.path.join(out, "bytes.ab"), 2, password=PASSWORD, wide_checksum=False)
    write(os.path.join(out, "tar"), ab_tar())
    write(os.path.join(out, "bomb.ab"), b"ANDROID BACKUP\n5\n1\nnone\n" + zlib.compress(bytes(16 << 20), 9))


if __name__ == "__main__":
    main()
