#!/usr/bin/env python3
"""Writes the migrations as C: embed-migrations.py OUT.c 0001_name.sql … Numbers must go up from 1 without gaps."""
import json, os, sys

out = ['#include "casebook/store_inside.h"', "", "const struct migration migrations[] = {"]
for i, path in enumerate(sorted(sys.argv[2:], key=os.path.basename)):
    number, name = os.path.splitext(os.path.basename(path))[0].split("_", 1)
    if int(number) != i + 1:
        sys.exit("%s: the next migration must have number %04d" % (path, i + 1))
    with open(path, encoding="utf-8") as f:
        lines = "\n\t  ".join(json.dumps(line, ensure_ascii=False) for line in f)
    out.append('\t{ %d, "%s",\n\t  %s },' % (i + 1, name, lines))
out += ["};", "const int migration_count = sizeof migrations / sizeof *migrations;", ""]
with open(sys.argv[1], "w", encoding="utf-8") as f:
    f.write("\n".join(out))
