"""iOS: accounts, SIM, Wi-Fi, installed apps, the device."""

import datetime
import plistlib

from .database import Database
from .ios_apps import CORE_DATA
from .ios_messages import HOME, cocoa, guid
from .truth import iso

ACCOUNTS = CORE_DATA + '''
CREATE TABLE ZACCOUNT ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZACTIVE INTEGER,ZAUTHENTICATED INTEGER,ZSUPPORTSAUTHENTICATION INTEGER,ZVISIBLE INTEGER,ZWARMINGUP INTEGER,ZACCOUNTTYPE INTEGER,ZPARENTACCOUNT INTEGER,ZDATE TIMESTAMP,ZLASTCREDENTIALRENEWALREJECTIONDATE TIMESTAMP,ZACCOUNTDESCRIPTION VARCHAR,ZAUTHENTICATIONTYPE VARCHAR,ZCREDENTIALTYPE VARCHAR,ZIDENTIFIER VARCHAR,ZMODIFICATIONID VARCHAR,ZOWNINGBUNDLEID VARCHAR,ZUSERNAME VARCHAR,ZDATACLASSPROPERTIES BLOB );
CREATE TABLE ZACCOUNTTYPE ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZOBSOLETE INTEGER,ZSUPPORTSAUTHENTICATION INTEGER,ZSUPPORTSMULTIPLEACCOUNTS INTEGER,ZVISIBILITY INTEGER,ZACCOUNTTYPEDESCRIPTION VARCHAR,ZCREDENTIALPROTECTIONPOLICY VARCHAR,ZCREDENTIALTYPE VARCHAR,ZIDENTIFIER VARCHAR,ZOWNINGBUNDLEID VARCHAR );
'''
KINDS = (('iCloud', 'com.apple.account.AppleAccount', 'com.apple.Preferences'), ('iTunes Store', 'com.apple.account.iTunesStore', 'com.apple.AppStore'),
         ('Gmail', 'com.apple.account.Google', 'com.apple.mobilemail'))


def moment(ms):
    return datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc).replace(tzinfo=None)


def plist(phone, path, value, binary=True):
    phone.tree.add(path, plistlib.dumps(value, fmt=plistlib.FMT_BINARY if binary else plistlib.FMT_XML, sort_keys=True), phone.mtime)


def accounts(phone):
    path, owner = HOME + 'Library/Accounts/Accounts3.sqlite', phone.world.owner
    db = Database(phone.tree, path, ACCOUNTS, phone.mtime)
    for i, (description, identifier, bundle) in enumerate(KINDS):
        kind = db.insert('ZACCOUNTTYPE', Z_ENT=4, Z_OPT=1, ZACCOUNTTYPEDESCRIPTION=description, ZIDENTIFIER=identifier, ZVISIBILITY=1)
        at = phone.world.start + i * 3600000
        row = db.insert('ZACCOUNT', Z_ENT=2, Z_OPT=1, ZACTIVE=1, ZAUTHENTICATED=1, ZVISIBLE=1, ZACCOUNTTYPE=kind, ZDATE=float(cocoa(at)),
                        ZACCOUNTDESCRIPTION=description, ZUSERNAME=owner.email, ZIDENTIFIER=guid('account', i), ZOWNINGBUNDLEID=bundle)
        phone.truth.add('account', 'Accounts', None, path, 'ZACCOUNT', row, service=description, user_id=owner.email, created_at=iso(at // 1000 * 1000))
    db.finish()


def sim(phone):
    a, b = phone.sims
    base = 'private/var/wireless/Library/Preferences/com.apple.commcenter'
    wallet = {s['iccid']: {'CarrierEntitlements': {'lastGoodImsi': s['imsi'], 'kEntitlementsSelfRegistrationUpdateImei': phone.device['imei'],
                                                  'kEntitlementsSelfRegistrationUpdateImsi': s['imsi']},
                           'phonebook': {'CopiedSIMPhoneNumber': s['msisdn'], 'PNRPhoneNumber': s['msisdn']},
                           'SimDeactivationInfo': {'LastRegisteredNetworkPlmn': '234' + s['mnc']}} for s in (a, b)}
    plist(phone, base + '.plist', {'LastKnownICCID': a['iccid'], 'PhoneNumber': a['msisdn'].lstrip('+'), 'PersonalWallet': wallet,
                                   'LastKnownServingMcc': 234, 'LastKnownServingMnc': int(a['mnc'])})
    plist(phone, base + '.data.plist', {'PersonalitySlots': [a['iccid']], 'pw_ver': 2, 'PersonalWallet': {
        s['iccid']: {'info': {'mdn': s['msisdn'], 'ts': s['seen'] // 1000, 'type': 'sim', 'eap_aka': True, 'label-id': guid('sim', s['iccid'])}} for s in (a, b)}})
    plist(phone, base + '.device_specific_nobackup.plist', {'imeis': [{'first': '1:kOne', 'second': phone.device['imei']}],
                                                                  'ReportedSubscriberIdentity': a['iccid'], 'kPostponementTicket': {'ActivationState': 'Activated'}})
    for s in (a, b):
        phone.truth.add('sim', 'SIM', None, base + '.plist', None, None, iccid=s['iccid'], imsi=s['imsi'], msisdn=s['msisdn'])
        phone.truth.add('sim', 'SIM', None, base + '.data.plist', None, None, iccid=s['iccid'], msisdn=s['msisdn'], first_seen_at=iso(s['seen'] // 1000 * 1000))
    phone.truth.add('device', 'SIM', None, base + '.device_specific_nobackup.plist', None, None, property='imei', value=phone.device['imei'])


def wifi(phone, networks):
    path, out = 'private/var/preferences/com.apple.wifi.known-networks.plist', {}
    for i, (ssid, key, bssid) in enumerate(networks):
        added, joined = phone.world.start + i * 86400000, phone.world.end - i * 3600000
        out['wifi.network.ssid.' + ssid] = {
            'SSID': ssid.encode(), 'AddedAt': moment(added), 'JoinedByUserAt': moment(added), 'JoinedBySystemAt': moment(joined), 'UpdatedAt': moment(joined),
            'Hidden': False, 'SupportedSecurityTypes': 'WPA2 Personal' if key else 'Open',
            '__OSSpecific__': {'BSSID': bssid, 'CHANNEL': 11, 'prevJoined': moment(joined)},
            'BSSList': [{'BSSID': bssid, 'Channel': 11, 'ChannelFlags': 10, 'LastAssociatedAt': moment(joined)}]}
        phone.truth.add('network', 'Wi-Fi', None, path, None, None, ssid=ssid, bssid=bssid, first_joined_at=iso(added // 1000 * 1000),
                        last_joined_at=iso(joined // 1000 * 1000))
    plist(phone, path, out)


def apps(phone):
    for i, (bundle, name, version) in enumerate((('net.whatsapp.WhatsApp', 'WhatsApp', '24.3.78'), ('com.zhiliaoapp.musically', 'TikTok', '33.6.0'),
                                                 ('com.toyopagroup.picaboo', 'Snapchat', '12.71.0'), ('com.burbn.instagram', 'Instagram', '317.0.0'))):
        path = 'private/var/containers/Bundle/Application/%s/iTunesMetadata.plist' % guid('app', i)
        at = phone.world.start + i * 3600000
        plist(phone, path, {'itemName': name, 'softwareVersionBundleId': bundle, 'bundleShortVersionString': version,
                            'com.apple.iTunesStore.downloadInfo': {'purchaseDate': iso(at)[:19] + 'Z', 'accountInfo': {'AppleID': phone.world.owner.email}}})
        phone.truth.add('app', 'Installed apps', None, path, None, None, package=bundle, name=name, version=version, installed_at=iso(at // 1000 * 1000))
    plist(phone, 'private/var/containers/Data/System/%s/Library/activation_records/activation_record.plist' % guid('activation'),
          {'unbrick': True, 'FairPlayKeyData': b'none'}, binary=False)
    path = 'System/Library/CoreServices/SystemVersion.plist'
    plist(phone, path, {'ProductName': 'iPhone OS', 'ProductVersion': '16.3', 'ProductBuildVersion': '20D47'}, binary=False)
    phone.truth.add('device', 'iOS', None, path, None, None, property='os_version', value='16.3')
