#!/usr/bin/env python3
"""Makes the typedstreams beside this file, as NSArchiver writes them, with the tables of strings and objects kept by an
encoder of its own. NAME.txt is the text that NAME.bin must give. Run it in its own folder."""
import struct

NEW, NIL, END = b"\x84", b"\x85", b"\x86"


class Archiver:
    def __init__(self, order="<"):
        self.order = order
        self.strings, self.objects = [], []
        self.out = b"\x04\x0b" + (b"streamtyped" if order == "<" else b"typedstream")
        self.integer(1000)

    def integer(self, n):
        if -110 <= n <= 127:
            self.out += struct.pack("b", n)
        elif -0x8000 <= n < 0x10000:
            self.out += b"\x81" + struct.pack(self.order + "H", n & 0xFFFF)
        else:
            self.out += b"\x82" + struct.pack(self.order + "I", n & 0xFFFFFFFF)

    def bytes(self, data):
        self.integer(len(data))
        self.out += data

    def shared(self, text):
        data = text.encode()
        if data in self.strings:
            self.integer(self.strings.index(data) - 110)
        else:
            self.out += NEW
            self.strings.append(data)
            self.bytes(data)

    def classes(self, chain):
        for name, version in chain:
            if ("class", name) in self.objects:
                self.integer(self.objects.index(("class", name)) - 110)
                return
            self.out += NEW
            self.shared(name)
            self.integer(version)
            self.objects.append(("class", name))
        self.out += NIL

    def object(self, key, chain, body):
        """Type and reference of object `key`; the first time its class and what body() writes."""
        self.shared("@")
        if ("object", key) in self.objects:
            self.integer(self.objects.index(("object", key)) - 110)
            return
        self.out += NEW
        self.objects.append(("object", key))
        self.classes(chain)
        body()
        self.out += END

    def string(self, text, mutable=False):
        chain = [("NSMutableString", 1)] if mutable else []

        def body():
            self.shared("+")
            self.bytes(text.encode())
        self.object(("string", text), chain + [("NSString", 1), ("NSObject", 0)], body)

    def part(self):
        def value():
            self.shared("*")
            self.out += NEW
            self.objects.append(("c", b"i"))
            self.shared("i")
            self.shared("i")
            self.integer(0)

        def body():
            self.shared("i")
            self.integer(1)
            self.string("__kIMMessagePartAttributeName")
            self.object("zero", [("NSNumber", 0), ("NSValue", 0), ("NSObject", 0)], value)
        self.object("attributes", [("NSDictionary", 0), ("NSObject", 0)], body)

    def attributed(self, text, mutable=False):
        chain = [("NSMutableAttributedString", 0)] if mutable else []

        def body():
            self.string(text, mutable)
            self.shared("iI")
            self.integer(1)
            self.integer(len(text.encode("utf-16-le")) // 2)
            self.part()
        self.object("root", chain + [("NSAttributedString", 0), ("NSObject", 0)], body)


def write(name, archiver, text):
    with open(name + ".bin", "wb") as f:
        f.write(archiver.out)
    with open(name + ".txt", "w", encoding="utf-8") as f:
        f.write(text)


def main():
    texts = {"short": "hello", "empty": "", "emoji": "Zoë \U0001F600", "edge": "x" * 127, "long": "y" * 128,
             "tag": "z" * 0x92, "longer": "w" * 40000, "longest": "é" * 40000}
    for name, text in texts.items():
        a = Archiver()
        a.attributed(text)
        write(name, a, text)
    a = Archiver()
    a.attributed("draft", mutable=True)
    write("mutable", a, "draft")
    a = Archiver(">")
    a.attributed("b" * 300)
    write("big-endian", a, "b" * 300)
    a = Archiver()
    a.object("sub", [("ExampleText", 0), ("NSMutableString", 1), ("NSString", 1), ("NSObject", 0)],
             lambda: (a.shared("+"), a.bytes(b"of a subclass")))
    write("subclass", a, "of a subclass")
    a = Archiver()
    a.string("alone")
    write("alone", a, "alone")

    # Behind one object of every type; references beyond 127 need an integer of two bytes.
    a = Archiver()

    def body():
        for encoding, value in (("c", b"\x84"), ("C", b"\x86"), ("B", b"\1"), ("s", b"\x81\xff\xff"), ("i", b"\x82\0\0\0\x80"),
                                ("q", b"\5"), ("f", b"\x83\0\0\x80\x3f"), ("f", b"\7"), ("d", b"\x83" + b"\0" * 8), ("!", b""),
                                ("[4c]", b"\x84\x85\x86\x84"), ("[0c]", b""), ("[0{a=i}]", b""), ("[3i]", b"\1\x81\0\2\3"),
                                ("{_NSRange=QQ}", b"\1\2"), ("{a={b=[2s]}c}", b"\1\2\3"), ("icd", b"\1\x84\2"), ("@", NIL),
                                ("#", NIL), ("*", NIL), ("+", b"\3not"), (":", NIL), ("%", NIL)):
            a.shared(encoding)
            a.out += value
        for i in range(300):
            a.object(i, [("Thing%d" % i, 3), ("NSObject", 0)], lambda: None)
        a.object(299, [], None)
        a.string("found at last")
        a.string("too late")
    a.object("all", [("Example", 0), ("NSObject", 0)], body)
    write("everything", a, "found at last")

    a = Archiver()
    a.object("part", [("Example", 0), ("NSObject", 0)], lambda: (a.shared("i"), a.integer(7)))
    with open("none.bin", "wb") as f:
        f.write(a.out)


if __name__ == "__main__":
    main()
