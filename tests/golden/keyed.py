"""For the cases' scripts: values as NSKeyedArchiver writes them, made by the archiver of tests/unit/data/nskeyed.

dict → NSDictionary, list → NSArray, datetime → NSDate (naive: UTC), Object(class, field=…) → an object of that class."""
import datetime, os, plistlib, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "unit", "data", "nskeyed"))
from make import Archive


class Object(dict):
    def __init__(self, name, fields):
        super().__init__(fields)
        self.name = name


def put(archive, value):
    if value is None:
        return plistlib.UID(0)
    if isinstance(value, Object):
        return archive.object(value.name, **{k: put(archive, v) if isinstance(v, (str, dict, list, datetime.datetime)) or v is None else v for k, v in value.items()})
    if isinstance(value, dict):
        return archive.dict([(archive.add(k), put(archive, v)) for k, v in value.items()])
    if isinstance(value, list):
        return archive.array([put(archive, v) for v in value])
    if isinstance(value, datetime.datetime):
        return archive.object("NSDate", **{"NS.time": (value - datetime.datetime(2001, 1, 1)).total_seconds()})
    return archive.add(value)


def archive(value):
    a = Archive()
    root = put(a, value)
    return plistlib.dumps({"$version": 100000, "$archiver": "NSKeyedArchiver", "$top": {"root": root}, "$objects": a.objects}, fmt=plistlib.FMT_BINARY, sort_keys=False)
