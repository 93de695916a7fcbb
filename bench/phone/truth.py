"""The ground truth: one JSON object a line, for every record that an examination must find."""

import json
from datetime import datetime, timezone

_EPOCH_MEMO = {}


def iso(ms):
    """Milliseconds since 1970 as ISO 8601 UTC, the fraction only where it is not 0 (six digits, as src/base/time.h)."""
    if ms is None:
        return None
    s, rest = divmod(int(ms), 1000)
    day, second = divmod(s, 86400)
    date = _EPOCH_MEMO.get(day)
    if date is None:
        date = _EPOCH_MEMO[day] = datetime.fromtimestamp(day * 86400, timezone.utc).strftime('%Y-%m-%d')
    if rest:
        return '%sT%02d:%02d:%02d.%03d000Z' % (date, second // 3600, second // 60 % 60, second % 60, rest)
    return '%sT%02d:%02d:%02dZ' % (date, second // 3600, second // 60 % 60, second % 60)


class Truth:
    def __init__(self, path):
        self.file = open(path, 'w', encoding='utf-8', newline='\n')
        self.count = {}

    def add(self, kind, app, profile, file, table, row, state='live', **fields):
        """`state`: live, deleted (really deleted, the bytes are still there) or superseded (an older version of a live
        row). Fields that are None are left out: the phone does not know them."""
        record = {'kind': kind, 'app': app, 'profile': profile, 'file': file, 'table': table, 'row': row,
                  'state': state}
        record.update((k, v) for k, v in fields.items() if v is not None)
        self.file.write(json.dumps(record, ensure_ascii=False, separators=(',', ':')) + '\n')
        self.count[kind] = self.count.get(kind, 0) + 1

    def close(self):
        self.file.close()
