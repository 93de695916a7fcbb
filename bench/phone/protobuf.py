"""The few lines of protobuf that the apps' blobs need."""


def varint(n):
    out = bytearray()
    while n > 0x7f:
        out.append(n & 0x7f | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def field(number, value):
    """An integer as varint, bytes, str or a list of fields as length-delimited."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    elif isinstance(value, list):
        value = b''.join(value)
    return varint(number << 3 | 2) + varint(len(value)) + value
