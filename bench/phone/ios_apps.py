"""iOS: WhatsApp (ChatStorage, contacts, calls), Safari, Photos."""

from .database import Database, still_there
from .ios_messages import HOME, cocoa, guid
from .truth import iso

GROUP = HOME + 'Containers/Shared/AppGroup/9C5A31E2-0B7D-4F60-8E4B-2D1F7A3C6E58/'
PROFILE = '9C5A31E2-0B7D-4F60-8E4B-2D1F7A3C6E58'
CORE_DATA = '''
CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY,Z_NAME VARCHAR,Z_SUPER INTEGER,Z_MAX INTEGER);
CREATE TABLE Z_METADATA (Z_VERSION INTEGER PRIMARY KEY,Z_UUID VARCHAR(255),Z_PLIST BLOB);
CREATE TABLE Z_MODELCACHE (Z_CONTENT BLOB);
'''
CHAT = CORE_DATA + '''
CREATE TABLE ZWACHATSESSION ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZARCHIVED INTEGER,ZCONTACTABID INTEGER,ZFLAGS INTEGER,ZHIDDEN INTEGER,ZIDENTITYVERIFICATIONEPOCH INTEGER,ZIDENTITYVERIFICATIONSTATE INTEGER,ZMESSAGECOUNTER INTEGER,ZREMOVED INTEGER,ZSESSIONTYPE INTEGER,ZSPOTLIGHTSTATUS INTEGER,ZUNREADCOUNT INTEGER,ZGROUPINFO INTEGER,ZLASTMESSAGE INTEGER,ZPROPERTIES INTEGER,ZLASTMESSAGEDATE TIMESTAMP,ZLOCATIONSHARINGENDDATE TIMESTAMP,ZCONTACTIDENTIFIER VARCHAR,ZCONTACTJID VARCHAR,ZETAG VARCHAR,ZLASTMESSAGETEXT VARCHAR,ZPARTNERNAME VARCHAR,ZSAVEDINPUT VARCHAR );
CREATE TABLE ZWAGROUPINFO ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZSTATE INTEGER,ZCHATSESSION INTEGER,ZLASTMESSAGEOWNER INTEGER,ZCREATIONDATE TIMESTAMP,ZSUBJECTTIMESTAMP TIMESTAMP,ZCREATORJID VARCHAR,ZOWNERJID VARCHAR,ZPICTUREID VARCHAR,ZPICTUREPATH VARCHAR,ZSOURCEJID VARCHAR,ZSUBJECTOWNERJID VARCHAR );
CREATE TABLE ZWAGROUPMEMBER ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZCONTACTABID INTEGER,ZISACTIVE INTEGER,ZISADMIN INTEGER,ZSENDERKEYSENT INTEGER,ZCHATSESSION INTEGER,ZRECENTGROUPCHAT INTEGER,ZCONTACTIDENTIFIER VARCHAR,ZCONTACTNAME VARCHAR,ZFIRSTNAME VARCHAR,ZMEMBERJID VARCHAR );
CREATE TABLE ZWAGROUPMEMBERSCHANGE ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZCHANGETYPE INTEGER,ZCHANGEDATE TIMESTAMP,ZGROUPJID VARCHAR,ZMEMBERJIDS VARCHAR,ZPHASHBEFORECHANGE VARCHAR );
CREATE TABLE ZWAMEDIAITEM ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZCLOUDSTATUS INTEGER,ZFILESIZE INTEGER,ZMEDIAORIGIN INTEGER,ZMOVIEDURATION INTEGER,ZMESSAGE INTEGER,ZASPECTRATIO FLOAT,ZHACCURACY FLOAT,ZLATITUDE FLOAT,ZLONGITUDE FLOAT,ZMEDIAURLDATE TIMESTAMP,ZAUTHORNAME VARCHAR,ZCOLLECTIONNAME VARCHAR,ZMEDIALOCALPATH VARCHAR,ZMEDIAURL VARCHAR,ZTHUMBNAILLOCALPATH VARCHAR,ZTITLE VARCHAR,ZVCARDNAME VARCHAR,ZVCARDSTRING VARCHAR,ZXMPPTHUMBPATH VARCHAR,ZMEDIAKEY BLOB,ZMETADATA BLOB );
CREATE TABLE ZWAMESSAGE ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZCHILDMESSAGESDELIVEREDCOUNT INTEGER,ZCHILDMESSAGESPLAYEDCOUNT INTEGER,ZCHILDMESSAGESREADCOUNT INTEGER,ZDATAITEMVERSION INTEGER,ZDOCID INTEGER,ZENCRETRYCOUNT INTEGER,ZFILTEREDRECIPIENTCOUNT INTEGER,ZFLAGS INTEGER,ZGROUPEVENTTYPE INTEGER,ZISFROMME INTEGER,ZMESSAGEERRORSTATUS INTEGER,ZMESSAGESTATUS INTEGER,ZMESSAGETYPE INTEGER,ZSORT INTEGER,ZSPOTLIGHTSTATUS INTEGER,ZSTARRED INTEGER,ZCHATSESSION INTEGER,ZGROUPMEMBER INTEGER,ZLASTSESSION INTEGER,ZMEDIAITEM INTEGER,ZMESSAGEINFO INTEGER,ZPARENTMESSAGE INTEGER,ZMESSAGEDATE TIMESTAMP,ZSENTDATE TIMESTAMP,ZFROMJID VARCHAR,ZMEDIASECTIONID VARCHAR,ZPHASH VARCHAR,ZPUSHNAME VARCHAR,ZSTANZAID VARCHAR,ZTEXT VARCHAR,ZTOJID VARCHAR );
CREATE TABLE ZWAMESSAGEINFO ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZMESSAGE INTEGER,ZRECEIPTINFO BLOB );
CREATE TABLE ZWAPROFILEPUSHNAME ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZJID VARCHAR,ZPUSHNAME VARCHAR );
CREATE INDEX ZWAMESSAGE_ZCHATSESSION_INDEX ON ZWAMESSAGE (ZCHATSESSION);
CREATE INDEX ZWAMESSAGE_ZSTANZAID_INDEX ON ZWAMESSAGE (ZSTANZAID);
'''
CONTACTS = CORE_DATA + '''
CREATE TABLE ZWAADDRESSBOOKCONTACT ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZDISAPPEARINGMODEDURATION INTEGER,ZPHONESTATUS INTEGER,ZSECTIONSORT INTEGER,ZSORT INTEGER,ZSPOTLIGHTSTATUS INTEGER,ZABOUTTIMESTAMP TIMESTAMP,ZDISAPPEARINGMODETIMESTAMP TIMESTAMP,ZABOUTTEXT VARCHAR,ZFULLNAME VARCHAR,ZGIVENNAME VARCHAR,ZHIGHLIGHTEDNAME VARCHAR,ZIDENTIFIER VARCHAR,ZLOCALIZEDPHONENUMBER VARCHAR,ZPHONENUMBER VARCHAR,ZPHONENUMBERLABEL VARCHAR,ZSEARCHTOKENLIST VARCHAR,ZSECTIONTITLE VARCHAR,ZWHATSAPPID VARCHAR,ZDEVICELIST BLOB );
'''
CALLS = CORE_DATA + '''
CREATE TABLE ZWAAGGREGATECALLEVENT ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZINCOMING INTEGER,ZMISSED INTEGER,ZMISSEDREASON INTEGER,ZVIDEO INTEGER,ZFIRSTDATE TIMESTAMP,ZLINKTOKEN VARCHAR );
CREATE TABLE ZWACDCALLEVENT ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZBYTESRECEIVED INTEGER,ZBYTESSENT INTEGER,ZOUTCOME INTEGER,Z1CALLEVENTS INTEGER,Z_FOK_1CALLEVENTS INTEGER,ZDATE TIMESTAMP,ZDURATION FLOAT,ZGROUPCALLCREATORUSERJIDSTRING VARCHAR,ZGROUPJIDSTRING VARCHAR,ZSCHEDULEDID VARCHAR );
CREATE TABLE ZWACDCALLEVENTPARTICIPANT ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZOUTCOME INTEGER,Z1PARTICIPANTS INTEGER,Z_FOK_1PARTICIPANTS INTEGER,ZJIDSTRING VARCHAR );
'''
SAFARI = '''
CREATE TABLE history_items (id INTEGER PRIMARY KEY AUTOINCREMENT,url TEXT NOT NULL UNIQUE,domain_expansion TEXT NULL,visit_count INTEGER NOT NULL,daily_visit_counts BLOB NOT NULL,weekly_visit_counts BLOB NULL,autocomplete_triggers BLOB NULL,should_recompute_derived_visit_counts INTEGER NOT NULL,visit_count_score INTEGER NOT NULL,status_code INTEGER NOT NULL DEFAULT 0);
CREATE TABLE history_visits (id INTEGER PRIMARY KEY AUTOINCREMENT,history_item INTEGER NOT NULL REFERENCES history_items(id) ON DELETE CASCADE,visit_time REAL NOT NULL,title TEXT NULL,load_successful BOOLEAN NOT NULL DEFAULT 1,http_non_get BOOLEAN NOT NULL DEFAULT 0,synthesized BOOLEAN NOT NULL DEFAULT 0,redirect_source INTEGER NULL UNIQUE REFERENCES history_visits(id) ON DELETE CASCADE,redirect_destination INTEGER NULL UNIQUE REFERENCES history_visits(id) ON DELETE CASCADE,origin INTEGER NOT NULL DEFAULT 0,generation INTEGER NOT NULL DEFAULT 0,attributes INTEGER NOT NULL DEFAULT 0,score INTEGER NOT NULL DEFAULT 0);
CREATE TABLE history_tombstones (id INTEGER PRIMARY KEY AUTOINCREMENT,start_time REAL NOT NULL,end_time REAL NOT NULL,url TEXT,generation INTEGER NOT NULL DEFAULT 0);
CREATE TABLE metadata (key TEXT NOT NULL UNIQUE,value);
'''
PHOTOS = CORE_DATA + '''
CREATE TABLE ZASSET ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZCLOUDLOCALSTATE INTEGER,ZCOMPLETE INTEGER,ZFAVORITE INTEGER,ZHASADJUSTMENTS INTEGER,ZHEIGHT INTEGER,ZHIDDEN INTEGER,ZKIND INTEGER,ZKINDSUBTYPE INTEGER,ZORIENTATION INTEGER,ZSAVEDASSETTYPE INTEGER,ZTRASHEDSTATE INTEGER,ZVISIBILITYSTATE INTEGER,ZWIDTH INTEGER,ZADDITIONALATTRIBUTES INTEGER,ZADDEDDATE TIMESTAMP,ZDATECREATED TIMESTAMP,ZLASTSHAREDDATE TIMESTAMP,ZMODIFICATIONDATE TIMESTAMP,ZTRASHEDDATE TIMESTAMP,ZDURATION FLOAT,ZLATITUDE FLOAT,ZLONGITUDE FLOAT,ZDIRECTORY VARCHAR,ZFILENAME VARCHAR,ZUNIFORMTYPEIDENTIFIER VARCHAR,ZUUID VARCHAR );
CREATE TABLE ZADDITIONALASSETATTRIBUTES ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZORIGINALFILESIZE INTEGER,ZORIGINALHEIGHT INTEGER,ZORIGINALWIDTH INTEGER,ZTIMEZONEOFFSET INTEGER,ZASSET INTEGER,ZCREATORBUNDLEID VARCHAR,ZIMPORTEDBYBUNDLEIDENTIFIER VARCHAR,ZIMPORTEDBYDISPLAYNAME VARCHAR,ZEXIFTIMESTAMPSTRING VARCHAR,ZORIGINALFILENAME VARCHAR,ZTIMEZONENAME VARCHAR,ZTITLE VARCHAR );
CREATE TABLE ZCLOUDMASTER ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZORIGINALFILENAME VARCHAR,ZORIGINATINGASSETID VARCHAR,ZCREATIONDATE TIMESTAMP );
'''
TYPES = {'text': 0, 'image': 1, 'video': 2, 'audio': 3, 'contact': 4, 'location': 5, 'system': 6, 'file': 8, 'revoked': 14}
ENDING = {'picture': 'jpg', 'clip': 'mp4', 'voice': 'opus', 'document': 'pdf'}


def whatsapp(phone, script, calls, people):
    path, truth, own = GROUP + 'ChatStorage.sqlite', phone.truth, phone.world.owner
    db, sessions, members, gone, late = Database(phone.tree, path, CHAT, phone.mtime), {}, {}, [], []

    def note(kind, table, row, **fields):
        truth.add(kind, 'WhatsApp', PROFILE, path, table, row, where='wal' if db.in_wal else None, **fields)

    def session(chat, at):
        known = sessions.get(chat.index)
        if known:
            return known
        jid = chat.peer.jid if chat.peer else chat.group_jid
        name = chat.name or chat.peer.name or '+' + chat.peer.digits
        row = db.insert('ZWACHATSESSION', Z_ENT=4, Z_OPT=1, ZARCHIVED=0, ZSESSIONTYPE=0 if chat.peer else 1, ZCONTACTJID=jid, ZPARTNERNAME=name,
                        ZLASTMESSAGEDATE=cocoa(at), ZREMOVED=0, ZHIDDEN=0)
        for p in chat.members:
            members[chat.index, p.number] = db.insert('ZWAGROUPMEMBER', Z_ENT=6, Z_OPT=1, ZCHATSESSION=row, ZISACTIVE=1, ZISADMIN=0,
                                                      ZMEMBERJID=p.jid, ZCONTACTNAME=p.name or None)
        if not chat.peer:
            info = db.insert('ZWAGROUPINFO', Z_ENT=5, Z_OPT=1, ZCHATSESSION=row, ZCREATIONDATE=cocoa(chat.created), ZCREATORJID=chat.members[0].jid)
            db.execute('UPDATE ZWACHATSESSION SET ZGROUPINFO=? WHERE Z_PK=?', (info, row))
        note('thread', 'ZWACHATSESSION', row, thread=jid, name=name, type='one-to-one' if chat.peer else 'group',
             participants=[p.number for p in chat.members] or [chat.peer.number], created_at=iso(chat.created // 1000 * 1000) if chat.created else None)
        known = sessions[chat.index] = row, jid
        return known

    def put(m, n):
        row_of_chat, jid = session(m.chat, m.at)
        out, x, fields, kind, media = m.sender is None, m.extra, {}, m.kind, None
        body = None if kind in ('revoked', 'contact') or 'media' in x else m.body
        row = db.insert('ZWAMESSAGE', Z_ENT=9, Z_OPT=1, ZISFROMME=int(out), ZMESSAGETYPE=TYPES[kind], ZCHATSESSION=row_of_chat, ZSORT=n,
                        ZGROUPMEMBER=None if out or m.chat.peer else members[m.chat.index, m.sender.number], ZSTARRED=int(n % 499 == 0),
                        ZMESSAGEDATE=cocoa(m.at), ZSENTDATE=cocoa(m.at), ZFROMJID=None if out else jid, ZTOJID=jid if out else None,
                        ZPUSHNAME=None if out else m.sender.first or None, ZSTANZAID='3A%018X' % (m.at * 2654435761 + n & (1 << 72) - 1),
                        ZTEXT=body, ZMESSAGESTATUS=8 if out else 0, ZFLAGS=0, ZGROUPEVENTTYPE=12 if kind == 'system' else 0)
        if 'media' in x:
            relative = 'Media/%s/%x/%x/%s.%s' % (jid, n % 16, n // 16 % 16, guid('wa media', n, m.at).lower(), ENDING[x['media']])
            item = phone.library.new(x['media'], GROUP + 'Message/' + relative, m.at, 'net.whatsapp.WhatsApp')
            media = db.insert('ZWAMEDIAITEM', Z_ENT=8, Z_OPT=1, ZMESSAGE=row, ZFILESIZE=item.size, ZMEDIALOCALPATH=relative, ZVCARDSTRING=item.mime,
                              ZTITLE=m.body, ZMOVIEDURATION=item.duration or 0, ZMEDIAURLDATE=cocoa(m.at), ZVCARDNAME=item.sha256[:43] + '=',
                              ZMEDIAURL='https://mmg.whatsapp.example.org/%d' % n)
            fields.update(attachment=relative, attachment_file=item.path if item.present else None, attachment_type=item.mime, attachment_size=item.size)
        elif 'latitude' in x:
            media = db.insert('ZWAMEDIAITEM', Z_ENT=8, Z_OPT=1, ZMESSAGE=row, ZLATITUDE=x['latitude'], ZLONGITUDE=x['longitude'], ZTITLE=x.get('place'))
            fields.update(latitude=x['latitude'], longitude=x['longitude'])
        elif 'vcard' in x:
            p = x['vcard']
            media = db.insert('ZWAMEDIAITEM', Z_ENT=8, Z_OPT=1, ZMESSAGE=row, ZVCARDNAME=p.name,
                              ZVCARDSTRING='BEGIN:VCARD\nVERSION:3.0\nFN:%s\nTEL;waid=%s:%s\nEND:VCARD' % (p.name, p.digits, p.number))
            fields.update(contact_name=p.name, contact_number=p.number)
        if media:
            db.execute('UPDATE ZWAMESSAGE SET ZMEDIAITEM=? WHERE Z_PK=?', (media, row))
        fields = dict(thread=jid, sender=None if kind == 'system' else own.number if out else m.sender.number, direction='system' if kind == 'system' else 'out' if out else 'in',
                      type='text' if kind == 'revoked' else kind, body=m.body if 'media' in x else body, sent_at=iso(m.at // 1000 * 1000), **fields)
        if m.how in ('deleted', 'wal-deleted') and body:
            gone.append((row, body, m.how, fields))
        else:
            note('message', 'ZWAMESSAGE', row, **fields)

    def remove(how):
        db.executemany('DELETE FROM ZWAMESSAGE WHERE Z_PK=?', [(g[0],) for g in gone if g[2] == how])
    n = 0
    for m in script:
        n += 1
        if m.how == 'wal':
            late.append((m, n))
        else:
            put(m, n)
    for p in people:
        if p.first:
            db.insert('ZWAPROFILEPUSHNAME', Z_ENT=12, Z_OPT=1, ZJID=p.jid, ZPUSHNAME=p.first)
    db.execute("INSERT INTO Z_PRIMARYKEY VALUES(4,'WAChatSession',0,?),(9,'WAMessage',0,?)", (len(sessions), n))
    remove('deleted')
    db.to_wal()
    remove('wal-deleted')
    db.commit()
    batch = max(5, len(late) // 20)
    for i in range(0, len(late), batch):
        for m, n in late[i:i + batch]:
            put(m, n)
        db.commit()
    found = still_there(db.raw(), [(g[0], g[1]) for g in gone])
    for row, _, how, fields in gone:
        if row in found:
            truth.add('message', 'WhatsApp', PROFILE, path, 'ZWAMESSAGE', row, state='deleted',
                      where='database' if how == 'deleted' else 'database under wal', **fields)
    db.finish()
    path = GROUP + 'ContactsV2.sqlite'
    db = Database(phone.tree, path, CONTACTS, phone.mtime)
    db.to_wal()   # as on the real phone: the contacts lie in the WAL alone
    for i, p in enumerate(p for p in people if p.contact):
        row = db.insert('ZWAADDRESSBOOKCONTACT', Z_ENT=1, Z_OPT=1, ZFULLNAME=p.name, ZGIVENNAME=p.first, ZPHONENUMBER=p.number, ZWHATSAPPID=p.jid,
                        ZABOUTTEXT='At work' if i % 5 == 0 else None, ZLOCALIZEDPHONENUMBER=p.local, ZSORT=i)
        truth.add('contact', 'WhatsApp', PROFILE, path, 'ZWAADDRESSBOOKCONTACT', row, name=p.name, selectors=[p.number],
                  note='At work' if i % 5 == 0 else None, where='wal')
    db.finish()
    path = GROUP + 'CallHistory.sqlite'
    db = Database(phone.tree, path, CALLS, phone.mtime)
    for person, from_me, at, seconds, video, group in calls:
        whole = db.insert('ZWAAGGREGATECALLEVENT', Z_ENT=1, Z_OPT=1, ZINCOMING=int(not from_me), ZMISSED=int(not seconds), ZVIDEO=int(video), ZFIRSTDATE=cocoa(at))
        row = db.insert('ZWACDCALLEVENT', Z_ENT=2, Z_OPT=1, ZBYTESRECEIVED=seconds * 900, ZBYTESSENT=seconds * 800, ZOUTCOME=0 if seconds else 1,
                        Z1CALLEVENTS=whole, Z_FOK_1CALLEVENTS=1024, ZDATE=cocoa(at), ZDURATION=float(seconds), ZGROUPJIDSTRING=group.group_jid if group else None)
        db.insert('ZWACDCALLEVENTPARTICIPANT', Z_ENT=3, Z_OPT=1, ZOUTCOME=0 if seconds else 1, Z1PARTICIPANTS=row, ZJIDSTRING=person.jid)
        truth.add('call', 'WhatsApp', PROFILE, path, 'ZWACDCALLEVENT', row, direction='out' if from_me else 'in', peer=person.number,
                  started_at=iso(at // 1000 * 1000), duration=seconds, answered=seconds > 0, video=bool(video))
    db.finish()


def safari(phone, visits):
    path = HOME + 'Library/Safari/History.db'
    db, items, gone = Database(phone.tree, path, SAFARI, phone.mtime), {}, []
    for url, title, at, term, how in visits:
        if url not in items:
            items[url] = db.insert('history_items', url=url, domain_expansion='example', visit_count=1, daily_visit_counts=b'\1\0\0\0',
                                   should_recompute_derived_visit_counts=0, visit_count_score=100)
        row = db.insert('history_visits', history_item=items[url], visit_time=float(cocoa(at)), title=title)
        fields = dict(url=url, title=title, at=iso(at // 1000 * 1000))
        if how == 'deleted':
            gone.append((row, url, fields))
        else:
            phone.truth.add('visit', 'Safari', None, path, 'history_visits', row, **fields)
    db.to_wal()
    for row, url, fields in gone:
        db.execute('DELETE FROM history_visits WHERE id=?', (row,))
        db.execute('DELETE FROM history_items WHERE url=?', (url,))
        phone.truth.add('visit', 'Safari', None, path, 'history_visits', row, state='deleted', where='database under wal', **fields)
        db.insert('history_tombstones', start_time=0.0, end_time=float(cocoa(phone.world.end)), url=url)
    db.finish()


def photos(phone):
    path = HOME + 'Media/PhotoData/Photos.sqlite'
    db = Database(phone.tree, path, PHOTOS, phone.mtime)
    items = [i for i in phone.library.items if i.path.startswith(HOME + 'Media/DCIM/')]
    for n, item in enumerate(items, 1):
        directory, name = item.path[len(HOME + 'Media/'):].rsplit('/', 1)
        shown = cocoa(item.taken or item.at)
        row = db.insert('ZASSET', Z_ENT=3, Z_OPT=1, ZFAVORITE=int(n % 13 == 4), ZHEIGHT=item.height, ZWIDTH=item.width, ZHIDDEN=int(n % 10 == 7),
                        ZKIND=int(item.kind == 'clip'), ZTRASHEDSTATE=int(bool(item.trashed)), ZTRASHEDDATE=item.trashed and cocoa(item.trashed),
                        ZADDEDDATE=float(cocoa(item.at)), ZDATECREATED=float(shown), ZMODIFICATIONDATE=float(cocoa(item.at)),
                        # -180 is what Photos writes where there is no position.
                        ZLATITUDE=item.latitude if item.latitude is not None else -180.0, ZDURATION=float(item.duration or 0),
                        ZLONGITUDE=item.longitude if item.longitude is not None else -180.0, ZDIRECTORY=directory, ZFILENAME=name,
                        ZUNIFORMTYPEIDENTIFIER='public.jpeg', ZUUID=guid('asset', n), ZADDITIONALATTRIBUTES=n)
        db.insert('ZADDITIONALASSETATTRIBUTES', Z_ENT=1, Z_OPT=1, ZASSET=row, ZORIGINALFILENAME=name, ZORIGINALFILESIZE=item.size,
                  ZCREATORBUNDLEID=item.owner, ZTIMEZONENAME='GMT', ZTIMEZONEOFFSET=0)
        phone.truth.add('media', 'Photos', None, path, 'ZASSET', row, path=directory + '/' + name, type='video' if item.kind == 'clip' else 'image',
                        taken_at=iso((shown + 978307200) * 1000), latitude=item.latitude, longitude=item.longitude, width=item.width,
                        height=item.height, hidden=n % 10 == 7, trashed_at=iso(item.trashed // 1000 * 1000) if item.trashed else None,
                        made_by=item.owner, evidence_file=item.path, sha256=item.sha256)
    db.finish()
