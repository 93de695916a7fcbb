#!/usr/bin/env python3
"""The golden cases: for each artifact what it must make of an input made for it.

  tests/golden/run.py CUSTOS [CASE …]

A case is a folder named after its artifact ("ios/sms/reactions": ios_sms_reactions) with

  input.sql       SQL that builds the databases; each begins with a line "-- path: WHERE/IT/LIES.db"
  input.py        or a script that fills the folder named by its argument, for what SQL cannot build
  expected.jsonl  one JSON object a record, with the fields that matter: derived from what the columns mean, never from our own output

Every expected object must be a part of exactly one record of the artifact, and there must be no more records than that. Prints
"N passed, N failed".
"""
import json, os, re, sqlite3, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CUSTOS = os.path.abspath(sys.argv[1])


def artifacts():
    """Case name → artifact's name, record kind."""
    found = {}
    for folder, _, files in os.walk(os.path.join(ROOT, "artifacts")):
        for f in files:
            if f.endswith(".sql"):
                with open(os.path.join(folder, f), encoding="utf-8") as text:
                    head = dict(re.findall(r"^-- (artifact|record): *(\S+)", text.read(), re.M))
                found[head["artifact"].replace("/", "_")] = (head["artifact"], head["record"])
    return found


def build(case, top):
    script = os.path.join(case, "input.py")
    if os.path.exists(script):
        subprocess.run([sys.executable, script, top], check=True)
        return
    with open(os.path.join(case, "input.sql"), encoding="utf-8") as f:
        parts = re.split(r"^-- path: *(.*)$", f.read(), flags=re.M)
    for path, sql in zip(parts[1::2], parts[2::2]):
        full = os.path.join(top, path.strip())
        os.makedirs(os.path.dirname(full), exist_ok=True)
        db = sqlite3.connect(full)
        db.executescript(sql)
        db.commit()
        db.close()


PLURAL = {"media": "media", "device": "device", "social": "social", "search": "searches", "file": "artifact_files"}


def records(exhibit, kind, artifact):
    """Each kind has a command named by its plural, shown in the help or not."""
    p = subprocess.run([CUSTOS, PLURAL.get(kind, kind + "s"), exhibit, "--jsonl"], check=True, stdout=subprocess.PIPE, text=True)
    return [r for r in map(json.loads, p.stdout.splitlines()) if r["origin"]["artifact"] == artifact]


def part_of(want, got):
    if isinstance(want, dict):
        return isinstance(got, dict) and all(k in got and part_of(v, got[k]) for k, v in want.items())
    if isinstance(want, float) and isinstance(got, (int, float)):
        return abs(want - got) < 1e-6
    return want == got


def run(name, artifact, kind):
    """What is wrong, a line each."""
    case = os.path.join(HERE, name)
    with open(os.path.join(case, "expected.jsonl"), encoding="utf-8") as f:
        expected = [json.loads(line) for line in f if line.strip()]
    with tempfile.TemporaryDirectory(prefix="custos-golden-") as top:
        evidence, exhibit = os.path.join(top, "evidence"), os.path.join(top, "x.exhibit")
        os.mkdir(evidence)
        build(case, evidence)
        subprocess.run([CUSTOS, "examine", "-q", evidence, "-o", exhibit, "--artifacts", os.path.join(ROOT, "artifacts")],
                       check=True, stdout=subprocess.DEVNULL)
        got = records(exhibit, kind, artifact)
    wrong = []
    if len(got) != len(expected):
        wrong.append("%d records, expected %d" % (len(got), len(expected)))
    for want in expected:
        hits = [g for g in got if part_of(want, g)]
        if len(hits) == 1:
            continue
        near = max(got, key=lambda g: sum(part_of(v, g.get(k)) for k, v in want.items()), default={})
        wrong.append("%d records have %s; the nearest differs in %s" % (len(hits), json.dumps(want, ensure_ascii=False),
                     json.dumps({k: near.get(k) for k, v in want.items() if not part_of(v, near.get(k))}, ensure_ascii=False)))
    return wrong


def main():
    known, passed, failed = artifacts(), 0, 0
    names = sys.argv[2:] or sorted(d for d in os.listdir(HERE) if os.path.exists(os.path.join(HERE, d, "expected.jsonl")))
    for name in names:
        try:
            wrong = run(name, *known[name]) if name in known else ["no artifact of this name"]
        except Exception as problem:
            wrong = ["%s: %s" % (type(problem).__name__, problem)]
        passed, failed = passed + (not wrong), failed + bool(wrong)
        for line in wrong:
            print("failed: %s: %s" % (name, line))
    without = sorted(set(known) - set(names))
    if without and not sys.argv[2:]:
        print("without a golden case: %d of %d artifacts" % (len(without), len(known)))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


sys.exit(main())
