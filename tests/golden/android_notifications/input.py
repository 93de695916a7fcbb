"""Files of the notification history: 1 a pool of strings (2, each), 2 the version, 3 a notification (1 package, 2 its place in the pool from 1, 9 posted ms, 10 title, 11 text)."""
import os, sys


def varint(n):
    n &= (1 << 64) - 1
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def number(field, n):
    return varint(field << 3) + varint(n)


def data(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def place(path, content):
    full = os.path.join(sys.argv[1], path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "wb") as f:
        f.write(content)


pool = data(1, number(1, 3) + data(2, "com.whatsapp") + data(2, "group_chat") + data(2, "com.example.größe"))
place("data/system_ce/0/notification_history/history/1678307200000", pool + number(2, 1) +
      data(3, number(2, 1) + number(4, 2) + number(7, 10100) + number(8, 0) + number(9, 1678307200000) + data(10, "Zoë") + data(11, "wo bist du? 😀")) +
      data(3, number(2, 3) + number(9, 1678307260000) + data(11, "no title")) +
      data(3, number(2, 99) + number(9, -1) + data(10, "package is not in the pool")) +
      data(3, number(9, 9223372036854775807)) +
      data(3, b""))
place("data/system_ce/10/notification_history/history/1678307300000", number(2, 1) + data(3, data(1, "com.example.second") + number(9, 1678307320000) + data(10, "t") + data(11, b"\xff\xfe")))
