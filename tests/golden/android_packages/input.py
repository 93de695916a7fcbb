"""The list of apps as Android 12 and later writes it (binary XML) and, of an older phone, as text."""
import os, struct, sys

START_DOCUMENT, END_DOCUMENT, START_TAG, END_TAG, ATTRIBUTE = 0, 1, 2, 3, 15
NULL, STRING, INTERNED, INT, LONG, LONG_HEX, TRUE = 1, 2, 3, 6, 8, 9, 12


class Binary:
    def __init__(self):
        self.out, self.known = bytearray(b"ABX\0"), {}
        self.token(START_DOCUMENT, NULL)

    def token(self, token, kind):
        self.out.append(token | kind << 4)

    def text(self, s):
        data = s.encode()
        self.out += struct.pack(">H", len(data)) + data

    def interned(self, s):
        if s in self.known:
            self.out += struct.pack(">H", self.known[s])
        else:
            self.known[s] = len(self.known)
            self.out += b"\xff\xff"
            self.text(s)

    def start(self, tag):
        self.token(START_TAG, INTERNED)
        self.interned(tag)

    def end(self, tag):
        self.token(END_TAG, INTERNED)
        self.interned(tag)

    def attribute(self, name, kind, value=None):
        self.token(ATTRIBUTE, kind)
        self.interned(name)
        if kind == STRING:
            self.text(value)
        elif kind == INTERNED:
            self.interned(value)
        elif kind in (LONG, LONG_HEX):
            self.out += struct.pack(">q", value)
        elif kind == INT:
            self.out += struct.pack(">i", value)


def place(path, data):
    full = os.path.join(sys.argv[1], path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as f:
        f.write(data)


x = Binary()
x.start("packages")
x.start("package")
x.attribute("name", STRING, "com.whatsapp")
x.attribute("ft", LONG_HEX, 1678307300000)  # the age of the file, not of the installation
x.attribute("ut", LONG_HEX, 1678307260000)
x.attribute("version", LONG, 230412004)
x.attribute("installer", INTERNED, "com.android.vending")
x.end("package")
x.start("updated-package")  # what the system image has beneath an update: no app of its own
x.attribute("name", STRING, "com.example.system")
x.end("updated-package")
x.end("packages")
x.token(END_DOCUMENT, NULL)
place("data/system/packages.xml", bytes(x.out))

place("older/data/system/packages.xml", ("""<?xml version='1.0' encoding='utf-8' standalone='yes' ?>
<packages>
  <package name="org.example.größe" codePath="/data/app/x" ft="%x" it="%x" ut="%x" version="7" userId="10001"><perms><item name="android.permission.CAMERA" granted="true" /></perms></package>
  <package name="com.example.odd" it="7fffffffffffffff" ut="zz" version="" />
  <package it="0" />
</packages>
""" % (1678307300000, 1678307200000, 1678307260000)).encode())
