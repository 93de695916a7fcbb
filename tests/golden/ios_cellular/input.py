"""A phone with two slots: what the radio keeps of the device and what it keeps of the network."""
import datetime, os, plistlib, sys

folder = os.path.join(sys.argv[1], "private/var/wireless/Library/Preferences")
os.makedirs(folder)


def write(name, value):
    with open(os.path.join(folder, name), "wb") as f:
        plistlib.dump(value, f, fmt=plistlib.FMT_BINARY, sort_keys=False)


# The number after 1: and 2: names the slot.
write("com.apple.commcenter.device_specific_nobackup.plist", {
    "imeis": [{"first": "1:kOne", "second": "490154203237518"}, {"first": "2:kTwo", "second": "490154203237526"}, {"first": "3:none"}],
    "meid": "", "ReportedSubscriberIdentity": "8944110012345678901", "ReportedPhoneNumber": "447700900123",
    "kLastUploadTimestamp": datetime.datetime(2023, 3, 8, 20, 26, 40), "is_activation_policy_locked": False, "kOperatorRoamingInfo": {"naïve": "ümläut"}})
write("com.apple.commcenter.plist", {
    "imeis": "of another type", "PhoneNumber": "+447700900456", "LastKnownICCID": "8944110012345678902", "LastKnownServingMcc": 234, "far": 2**62, "far date": datetime.datetime(9999, 12, 31)})
