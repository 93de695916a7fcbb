"""The wallet of SIM cards: ICCID → info, with the number and a Unix time."""
import os, plistlib, sys

folder = os.path.join(sys.argv[1], "private/var/wireless/Library/Databases")
os.makedirs(folder)
wallet = {
    "8944110012345678901": {"info": {"mdn": "+447700900123", "ts": 1678307200, "type": "sim", "label-id": "Zoë"}},
    "8944110012345678902": {"info": {"mdn": "07700900456", "ts": 99999999999999}},
    "8944110012345678903": {"info": "of another type"},
    "8944110012345678904": 7,
    'an "odd" kéy': {"info": {"ts": 1678307260}},
}
with open(os.path.join(folder, "com.apple.commcenter.data.plist"), "wb") as f:
    plistlib.dump({"PersonalitySlots": ["8944110012345678901"], "pw_ver": 2, "PersonalWallet": wallet}, f, fmt=plistlib.FMT_BINARY, sort_keys=False)
