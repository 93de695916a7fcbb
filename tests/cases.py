"""The frame of tests that run the program: CASES, each a function; run() it, main() counts. Command line: the program, then
names of cases to run (none: all) or, with a "-" before them, to leave out."""
import os, re, shutil, sqlite3, subprocess, sys, tempfile, traceback, zipfile

CUSTOS = os.path.abspath(sys.argv[1])
WORK = tempfile.mkdtemp(prefix="custos-cases-")
CASES = []


class Skip(Exception):
    pass


def case(fn):
    CASES.append(fn)
    return fn


def run(*words, check=None, **more):
    more = {"text": True, "errors": "replace", **more}
    p = subprocess.run([CUSTOS, *words], stdout=more.pop("stdout", subprocess.PIPE), stderr=subprocess.PIPE, timeout=300, **more)
    if check is not None:
        assert p.returncode == check, "exit status %d, not %d: %s%s" % (p.returncode, check, p.stdout, p.stderr)
    return p


class Evidence:
    """A folder for one case, with helpers to examine it."""

    def __init__(self, name):
        self.root = os.path.join(WORK, name)
        os.makedirs(self.root)
        self.exhibit = os.path.join(self.root, "out.exhibit")

    def path(self, name):
        return os.path.join(self.root, name)

    def folder(self, files):
        top = self.path("phone")
        for name, data in files.items():
            full = os.path.join(top, name)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "wb") as f:
                f.write(data)
        return top

    def zip(self, files, name="phone.zip", **more):
        full = self.path(name)
        with zipfile.ZipFile(full, "w", zipfile.ZIP_DEFLATED, **more) as z:
            for n, data in files:
                z.writestr(n, data)
        return full

    def examine(self, evidence, *more, check=0):
        return run("examine", evidence, "-o", self.exhibit, "-q", *more, check=check)

    def sql(self, query):
        db = sqlite3.connect("file:%s?immutable=1" % self.exhibit, uri=True)
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()

    def messages(self):
        return self.sql("SELECT count(*) FROM message_record")[0][0]

    def notes(self):
        return [" ".join(str(x) for x in row) for row in self.sql("SELECT coalesce(f.path, ''), n.about, n.reason FROM note n LEFT JOIN file f ON f.id = n.file")]

    def noted(self, pattern):
        assert any(re.search(pattern, n) for n in self.notes()), "no note says /%s/: %s" % (pattern, self.notes())

    def none_left(self):
        left = [n for n in os.listdir(self.root) if ".exhibit" in n]
        assert not left, "left behind: %s" % left


def main():
    passed = failed = skipped = 0
    only = [word for word in sys.argv[2:] if word[0] != "-"]
    strange = [word for word in only + [word[1:] for word in sys.argv[2:] if word[0] == "-"] if word not in [fn.__name__ for fn in CASES]]
    if strange:
        sys.exit("no such case: %s; there are: %s" % (" ".join(strange), " ".join(fn.__name__ for fn in CASES)))
    for fn in CASES:
        if (only and fn.__name__ not in only) or "-" + fn.__name__ in sys.argv:
            continue
        try:
            fn()
            passed += 1
        except Skip as why:
            skipped += 1
            print("skipped: %s: %s" % (fn.__name__, why))
        except Exception as problem:  # an assertion, a time-out, a missing row: all fail the case
            failed += 1
            print("failed: %s: %s: %s" % (fn.__name__, type(problem).__name__, str(problem)[:1500] or traceback.format_exc(limit=-1)))
    shutil.rmtree(WORK, ignore_errors=True)
    print("%d passed, %d failed%s" % (passed, failed, ", %d skipped" % skipped if skipped else ""))
    sys.exit(1 if failed else 0)
