#!/usr/bin/env python3
"""Makes the NSKeyedArchiver archives beside this file: NAME.plist, and NAME.json, what it must be resolved to.

The archiver here follows Apple's: objects in one list, references as UIDs, a class as an object of its own. The JSON is
written out by hand beside each tree, so that it does not depend on any resolver. Run it in its own folder."""
import json
import plistlib
import sys

UID = plistlib.UID
ISA = {
    "NSMutableArray": ["NSArray"], "NSMutableDictionary": ["NSDictionary"], "NSMutableString": ["NSString"],
    "NSMutableSet": ["NSSet"], "NSMutableData": ["NSData"], "NSDecimalNumber": ["NSNumber", "NSValue"],
    "NSNumber": ["NSValue"], "ExampleList": ["NSMutableArray", "NSArray"],
}


class Archive:
    def __init__(self):
        self.objects = ["$null"]
        self.classes = {}

    def add(self, value):
        self.objects.append(value)
        return UID(len(self.objects) - 1)

    def isa(self, name):
        if name not in self.classes:
            self.classes[name] = self.add({"$classname": name, "$classes": [name] + ISA.get(name, []) + ["NSObject"]})
        return self.classes[name]

    def object(self, name, /, **fields):
        """An object of class `name`; in names of fields, __ stands for a point."""
        return self.add(self.fields(name, fields))

    def fields(self, name, fields):
        return {**{k.replace("__", "."): v for k, v in fields.items()}, "$class": self.isa(name)}

    def array(self, items, name="NSArray"):
        return self.object(name, NS__objects=items)

    def dict(self, pairs, name="NSDictionary"):
        return self.object(name, NS__keys=[k for k, _ in pairs], NS__objects=[v for _, v in pairs])

    def write(self, file, want, fmt=plistlib.FMT_BINARY, **top):
        tree = {"$version": 100000, "$archiver": "NSKeyedArchiver", "$top": top or {"root": UID(1)}, "$objects": self.objects}
        with open(file + ".plist", "wb") as f:
            plistlib.dump(tree, f, fmt=fmt, sort_keys=False)
        with open(file + ".json", "w", encoding="utf-8") as f:
            f.write(json.dumps(want, ensure_ascii=False, separators=(",", ":")))


def collections():
    a = Archive()
    root = a.add(None)
    one, two = a.add("one"), a.add(2)
    lists = [a.array([one, two, UID(0)]), a.array([one], "NSMutableArray"), a.array([two, two], "NSSet"),
             a.array([], "ExampleList"), a.object("NSOrderedSet", **{"NS.object.0": one, "NS.object.1": two})]
    pairs = [(a.add(k), v) for k, v in zip(("array", "mutable", "set", "subclass", "ordered"), lists)]
    pairs += [(a.add(7), a.add(True)), (a.object("NSUUID", NS__uuidbytes=bytes(range(16))), a.add(1.5))]
    pairs += [(a.add("old"), a.object("NSMutableDictionary", **{"NS.key.0": one, "NS.object.0": two}))]
    a.objects[root.data] = a.fields("NSMutableDictionary", {"NS.keys": [k for k, _ in pairs], "NS.objects": [v for _, v in pairs]})
    a.write("collections", {"array": ["one", 2, None], "mutable": ["one"], "set": [2, 2], "subclass": [], "ordered": ["one", 2],
                            "7": True, "00010203-0405-0607-0809-0A0B0C0D0E0F": 1.5, "old": {"one": 2}})


def leaves():
    a = Archive()
    items = [
        (a.object("NSDate", NS__time=0.5), "2001-01-01T00:00:00.500000Z"),
        (a.object("NSData", NS__data=b"\1\2\3"), "AQID"),
        (a.object("NSMutableData", NS__data=b""), ""),
        (a.object("NSString", NS__string="text"), "text"),
        (a.object("NSMutableString", NS__bytes="Zoë".encode()), "Zoë"),
        (a.object("NSUUID", NS__uuidbytes=bytes.fromhex("deadbeef000102030405060708090a0b")), "DEADBEEF-0001-0203-0405-060708090A0B"),
        (a.object("NSNull"), None),
        (a.object("NSNumber", NS__intval=42), 42),
        (a.object("NSNumber", NS__dblval=2.5), 2.5),
    ]

    def url(relative, base=UID(0)):
        return a.object("NSURL", NS__base=base, NS__relative=a.add(relative))
    base = url("https://example.org/a/b?q#f")
    items += [(url(r, base), w) for r, w in (  # by RFC 3986
        ("c", "https://example.org/a/c"), ("/c", "https://example.org/c"), ("?r", "https://example.org/a/b?r"),
        ("#g", "https://example.org/a/b?q#g"), ("//example.com/x", "https://example.com/x"), ("", "https://example.org/a/b?q"),
        ("tel:07700900123", "tel:07700900123"))]
    items += [(base, "https://example.org/a/b?q#f"), (url("x/y", url("file:///var/mobile/")), "file:///var/mobile/x/y")]

    def decimal(mantissa, exponent, negative=False):
        return a.object("NSDecimalNumber", NS__mantissa=mantissa.to_bytes(16, "little"), NS__exponent=exponent, NS__length=4,
                        NS__negative=negative, NS__compact=True, **{"NS.mantissa.bo": 1})
    items += [(decimal(1250, -2), 12.5), (decimal(7, 3), 7000), (decimal(5, -1, True), -0.5), (decimal(100, -2, True), -1),
              (decimal(12345678901234567890123, -3), "12345678901234567890123e-3"), (decimal(0, 0, True), None),
              (decimal(12345678901234567890000, -4), 1234567890123456789)]
    a.write("leaves", [w for _, w in items], root=a.array([u for u, _ in items]))


def attributed():
    a = Archive()
    text = a.object("NSAttributedString", NSString=a.object("NSMutableString", NS__string="hello"),
                    NSAttributes=a.dict([(a.add("NSColor"), a.add("red"))]))
    a.write("attributed", {"NSString": "hello", "NSAttributes": {"NSColor": "red"}, "$class": "NSAttributedString"}, root=text)


def unknown():
    a = Archive()
    inner = a.object("ExampleUser", name=a.add("mallory"), age=33, tags=a.array([a.add("x")]))
    outer = a.object("ExampleMessage", text=a.add("meet at six"), sender=inner, again=inner, plain={"k": inner}, none=UID(0),
                     broken=UID(9999))
    user = {"name": "mallory", "age": 33, "tags": ["x"], "$class": "ExampleUser"}
    want = {"text": "meet at six", "sender": user, "again": user, "plain": {"k": user}, "none": None, "broken": None,
            "$class": "ExampleMessage"}
    a.write("unknown", want, root=outer)


def misshapen():
    """Objects of known classes without the fields they should have keep what they have."""
    a = Archive()
    items = [a.object("NSArray", other=1), a.object("NSDate"), a.object("NSUUID", NS__uuidbytes=b"short"),
             a.object("NSDictionary", NS__keys=[a.add("k")]), a.object("NSURL"), {"$class": UID(9999), "x": 1}]
    a.write("misshapen", [{"other": 1, "$class": "NSArray"}, {"$class": "NSDate"},
                          {"NS.uuidbytes": "c2hvcnQ=", "$class": "NSUUID"}, {"NS.keys": ["k"], "$class": "NSDictionary"},
                          {"$class": "NSURL"}, {"$class": None, "x": 1}], root=a.array(items))


def cycles():
    a = Archive()
    parent, child = a.add(None), a.add(None)
    a.objects[parent.data] = a.fields("Node", {"child": child, "me": parent})
    a.objects[child.data] = a.fields("Node", {"parent": parent, "list": a.array([parent, child])})
    loop = a.add(None)
    a.objects[loop.data] = loop
    a.write("cycles", {"first": {"child": {"parent": None, "list": [None, None], "$class": "Node"}, "me": None, "$class": "Node"},
                       "second": None}, first=parent, second=loop)


def laughs():
    """Ten references to the next list, 400 levels: 10^400 leaves were it a tree."""
    a = Archive()
    for i in range(400):
        a.add({"NS.objects": [UID(i + 2)] * 10, "$class": UID(402)})
    a.add("ha")
    a.objects.append({"$classname": "NSArray", "$classes": ["NSArray", "NSObject"]})
    a.write("laughs", None)


def deep():
    a = Archive()
    for i in range(600):
        a.add({"next": UID(i + 2), "$class": UID(602)})
    a.add("end")
    a.objects.append({"$classname": "Node", "$classes": ["Node", "NSObject"]})
    a.write("deep", None)


def xml():
    """What Apple's XML form writes for a UID is a dict with the key CF$UID."""
    tree = {"$version": 100000, "$archiver": "NSKeyedArchiver", "$top": {"root": {"CF$UID": 1}},
            "$objects": ["$null", {"NS.objects": [{"CF$UID": 2}], "$class": {"CF$UID": 3}}, "ok",
                         {"$classname": "NSArray", "$classes": ["NSArray", "NSObject"]}]}
    with open("xml.plist", "wb") as f:
        plistlib.dump(tree, f, sort_keys=False)
    with open("xml.json", "w") as f:
        f.write('["ok"]')


if __name__ == "__main__":
    sys.setrecursionlimit(5000)
    for make in (collections, leaves, attributed, unknown, misshapen, cycles, laughs, deep, xml):
        make()
