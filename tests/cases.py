"""The frame of tests that run the program: CASES, each a function; run() it, main() counts. Command line: the program, then
names of cases to run (none: all) or, with a "-" before them, to leave out."""
import os, shutil, subprocess, sys, tempfile, traceback

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


def main():
    passed = failed = skipped = 0
    only = [word for word in sys.argv[2:] if word[0] != "-"]
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
