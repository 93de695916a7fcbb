"""Android itself: accounts, installed apps, Wi-Fi, the device's identity."""

from .database import Database
from .truth import iso

ACCOUNTS_CE = '''
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE accounts (_id INTEGER PRIMARY KEY,name TEXT NOT NULL,type TEXT NOT NULL,password TEXT,UNIQUE(name,type));
CREATE TABLE authtokens (_id INTEGER PRIMARY KEY AUTOINCREMENT,accounts_id INTEGER NOT NULL,type TEXT NOT NULL,authtoken TEXT,UNIQUE (accounts_id,type));
CREATE TABLE extras (_id INTEGER PRIMARY KEY AUTOINCREMENT,accounts_id INTEGER,key TEXT NOT NULL,value TEXT,UNIQUE(accounts_id,key));
'''
ACCOUNTS_DE = '''
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE accounts (_id INTEGER PRIMARY KEY,name TEXT NOT NULL,type TEXT NOT NULL,previous_name TEXT,last_password_entry_time_millis_epoch INTEGER DEFAULT 0,UNIQUE(name,type));
CREATE TABLE grants (accounts_id INTEGER NOT NULL,auth_token_type STRING NOT NULL DEFAULT '',uid INTEGER NOT NULL,UNIQUE (accounts_id,auth_token_type,uid));
CREATE TABLE debug_table (_id INTEGER,action_type TEXT NOT NULL,time DATETIME,caller_uid INTEGER NOT NULL,table_name TEXT NOT NULL,primary_key INTEGER PRIMARY KEY);
'''
LOCAL_APPS = '''
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE appstate (package_name TEXT PRIMARY KEY,auto_update INTEGER,desired_version INTEGER,download_uri TEXT,delivery_data BLOB,delivery_data_timestamp_ms INTEGER,installer_state INTEGER,first_download_ms INTEGER,referrer TEXT,account TEXT,title TEXT,flags INTEGER,continue_url TEXT,last_notified_version INTEGER,last_update_timestamp_ms INTEGER,account_for_update TEXT,auto_acquire_tags TEXT,external_referrer_timestamp_ms INTEGER,persistent_flags INTEGER,permissions_version INTEGER,acquisition_nonce TEXT,delivery_token TEXT,completed_split_ids TEXT,active_split_id TEXT,request_id TEXT,active_accelerator_index INTEGER,inactive_package_state INTEGER);
'''


def accounts(phone, listed, profile='0'):
    """`listed`: (type, name, added at ms)."""
    ce, de = 'data/system_ce/%s/accounts_ce.db' % profile, 'data/system_de/%s/accounts_de.db' % profile
    a, b = Database(phone.tree, ce, ACCOUNTS_CE, phone.mtime), Database(phone.tree, de, ACCOUNTS_DE, phone.mtime)
    for kind, name, at in listed:
        row = a.insert('accounts', name=name, type=kind)
        b.insert('accounts', _id=row, name=name, type=kind, last_password_entry_time_millis_epoch=at)
        when = iso(at // 1000 * 1000)[:19].replace('T', ' ')
        b.insert('debug_table', _id=row, action_type='action_account_add', time=when, caller_uid=10000 + row, table_name='accounts')
        phone.truth.add('account', 'Android accounts', profile, ce, 'accounts', row, service=kind, user_id=name)
        phone.truth.add('account', 'Android accounts', profile, de, 'accounts', row, service=kind, user_id=name, created_at=iso(at))
    a.finish()
    b.finish()


def packages(phone, installed, removed=()):
    """`installed`: (package, version name, version code, installed at, installer, uid). packages.xml as text XML, and Play's own list, which remembers removed apps."""
    path = 'data/system/packages.xml'
    out = ["<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<packages>\n"
           '    <version sdkVersion="30" databaseVersion="3" fingerprint="samsung/a12nseea/a12:11/RP1A.200720.012/A125FXXU1BUE3:user/release-keys" />\n']
    for package, name, code, at, installer, uid in installed:
        out.append('    <package name="%s" codePath="/data/app/~~%s==/%s-1" nativeLibraryPath="/data/app/lib" publicFlags="541605446" '
                   'privateFlags="0" ft="%x" it="%x" ut="%x" version="%d" userId="%d"%s>\n        <sigs count="1" schemeVersion="2">\n'
                   '            <cert index="%d" />\n        </sigs>\n    </package>\n' %
                   (package, package[::-1].replace('.', 'A')[:22], package, at, at, at + 86400000, code, uid,
                    ' installer="%s"' % installer if installer else '', uid - 10000))
        phone.truth.add('app', 'Packages', '0', path, None, None, package=package, version=str(code), installed_at=iso(at), installer=installer)
    out.append('</packages>\n')
    phone.tree.add(path, ''.join(out), phone.mtime)
    path = 'data/data/com.android.vending/databases/localappstate.db'
    db = Database(phone.tree, path, LOCAL_APPS, phone.mtime)
    for package, name, code, at, installer, uid in list(installed) + list(removed):
        if installer == 'com.android.vending':
            row = db.insert('appstate', package_name=package, auto_update=1, desired_version=-1, first_download_ms=at, account=phone.world.owner.email,
                            title=name, last_update_timestamp_ms=at + 86400000, last_notified_version=code)
            phone.truth.add('app', 'Play Store', '0', path, 'appstate', row, package=package, name=name, installed_at=iso(at),
                            account=phone.world.owner.email)
    db.finish()


def wifi(phone, networks):
    """`networks`: (ssid, key or None, bssid)."""
    path = 'data/misc/apexdata/com.android.wifi/WifiConfigStore.xml'
    out = ["<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<WifiConfigStoreData>\n<int name=\"Version\" value=\"3\" />\n<NetworkList>\n"]
    for ssid, key, bssid in networks:
        quoted = '&quot;%s&quot;' % ssid.replace('&', '&amp;')
        out.append('<Network>\n<WifiConfiguration>\n<string name="ConfigKey">%s%s</string>\n<string name="SSID">%s</string>\n%s\n'
                   '<boolean name="HiddenSSID" value="false" />\n<int name="Status" value="2" />\n<string name="CreatorName">android.uid.system:1000</string>\n'
                   '<string name="RandomizedMacAddress">%s</string>\n</WifiConfiguration>\n<NetworkStatus>\n<string name="SelectionStatus">NETWORK_SELECTION_ENABLED</string>\n'
                   '<boolean name="HasEverConnected" value="true" />\n</NetworkStatus>\n</Network>\n' %
                   (quoted, 'WPA_PSK' if key else 'NONE', quoted,
                    '<string name="PreSharedKey">&quot;%s&quot;</string>' % key if key else '<null name="PreSharedKey" />', bssid))
        phone.truth.add('network', 'Wi-Fi', '0', path, None, None, ssid=ssid, bssid=None, randomised_mac=bssid)
    out.append('</NetworkList>\n</WifiConfigStoreData>\n')
    phone.tree.add(path, ''.join(out), phone.mtime)


def device(phone):
    d = phone.device
    path = 'system/build.prop'
    phone.tree.add(path, ''.join('%s=%s\n' % kv for kv in d['props']), phone.mtime)
    for name, value in d['props']:
        phone.truth.add('device', 'Android', None, path, None, None, property=name, value=value)
    path = 'data/system/users/0/settings_secure.xml'
    settings = (('android_id', d['android_id']), ('bluetooth_name', d['name']), ('bluetooth_address', d['bluetooth']))
    phone.tree.add(path, "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>\n<settings version=\"191\">\n" + ''.join(
        '  <setting id="%d" name="%s" value="%s" package="android" defaultValue="%s" defaultSysSet="true" />\n' % (i, n, v, v)
        for i, (n, v) in enumerate(settings, 1)) + '</settings>\n', phone.mtime)
    for name, value in settings:
        phone.truth.add('device', 'Android', '0', path, None, None, property=name, value=value)
    for user, name in (('0', 'Owner'), ('10', 'Guest'), ('95', 'Dual Messenger')):
        phone.tree.add('data/system/users/%s.xml' % user, "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<user id=\"%s\" "
                       'serialNumber="%s" flags="1"><name>%s</name></user>\n' % (user, user, name), phone.mtime)
