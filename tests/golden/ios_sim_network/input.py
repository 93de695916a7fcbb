"""What the radio remembers of each card: the last good IMSI, the number as the card and as the network say it."""
import os, plistlib, sys

folder = os.path.join(sys.argv[1], "private/var/wireless/Library/Preferences")
os.makedirs(folder)
wallet = {
    "8944110012345678901": {"CarrierEntitlements": {"lastGoodImsi": "234150123456789", "kEntitlementsSelfRegistrationUpdateImsi": "234150123456780"},
                            "phonebook": {"CopiedSIMPhoneNumber": "+447700900123", "PNRPhoneNumber": "+447700900124"}},
    "8944110012345678902": {"CarrierEntitlements": {"kEntitlementsSelfRegistrationUpdateImsi": "234150123456781"}, "phonebook": {"PNRPhoneNumber": "07700900456"}},
    "8944110012345678903": {"CarrierEntitlements": ["of another type"], "phonebook": "also"},
    "8944110012345678904": "nothing",
    'an "odd" kéy': {"phonebook": {"CopiedSIMPhoneNumber": "+447700900789"}},
}
with open(os.path.join(folder, "com.apple.commcenter.plist"), "wb") as f:
    plistlib.dump({"LastKnownICCID": "8944110012345678901", "PersonalWallet": wallet}, f, fmt=plistlib.FMT_XML, sort_keys=False)
