"""The app keeps each list as a JSON file of its own, named by a hash."""
import json, os, sys


def cached(folder, name, value):
    full = os.path.join(sys.argv[1], "private/var/mobile/Containers/Data/Application/6F1C/Library/Caches", folder)
    os.makedirs(full, exist_ok=True)
    with open(os.path.join(full, name), "wb") as f:
        f.write(value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode())


cached("disk-bereal-ProfileRepository", "A1B4", {"object": {"id": "fQR9Z1q9dxSPWy91", "username": "zoe.m", "fullname": "Zoë Müller 😀", "phoneNumber": "+447700900123", "createdAt": 700000000.25,
                                                            "birthDate": -641692800, "devices": [{"deviceId": "0A1B"}], "profilePicture": {"url": "https://example.org/p.webp"}}})
cached("disk-bereal-ProfileRepository", "A1B5", {"object": {"id": None, "username": "", "fullname": ["of another type"], "createdAt": 1e300}})
cached("disk-bereal-ProfileRepository", "A1B6", {"object": ["no account"]})
cached("disk-bereal-ProfileRepository", "A1B7", {"object": None})
cached("disk-bereal-ProfileRepository", "A1B8", "just a text")
cached("disk-bereal-ProfileRepository", "A1B9", b'{"object": {"id": "cut off')
cached("disk-bereal-ProfileRepository", "A1BA", b"")
