"""iOS: sms.db (SMS and iMessage), the call history, the address book."""

import struct
import uuid

from .database import Database, still_there
from .truth import iso

HOME = 'private/var/mobile/'
CF = 978307200

SMS = '''
CREATE TABLE _SqliteDatabaseProperties (key TEXT,value TEXT,UNIQUE(key));
INSERT INTO _SqliteDatabaseProperties VALUES('_ClientVersion','16300');
CREATE TABLE deleted_messages (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE,guid TEXT NOT NULL);
CREATE TABLE chat (ROWID INTEGER PRIMARY KEY AUTOINCREMENT,guid TEXT UNIQUE NOT NULL,style INTEGER,state INTEGER,account_id TEXT,properties BLOB,chat_identifier TEXT,service_name TEXT,room_name TEXT,account_login TEXT,is_archived INTEGER DEFAULT 0,last_addressed_handle TEXT,display_name TEXT,group_id TEXT,is_filtered INTEGER,successful_query INTEGER,engram_id TEXT,server_change_token TEXT,ck_sync_state INTEGER DEFAULT 0,original_group_id TEXT,last_read_message_timestamp INTEGER DEFAULT 0,is_blackholed INTEGER DEFAULT 0);
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY AUTOINCREMENT UNIQUE,id TEXT NOT NULL,country TEXT,service TEXT NOT NULL,uncanonicalized_id TEXT,person_centric_id TEXT,UNIQUE (id,service));
CREATE TABLE message (ROWID INTEGER PRIMARY KEY AUTOINCREMENT,guid TEXT UNIQUE NOT NULL,text TEXT,replace INTEGER DEFAULT 0,service_center TEXT,handle_id INTEGER DEFAULT 0,subject TEXT,country TEXT,attributedBody BLOB,version INTEGER DEFAULT 0,type INTEGER DEFAULT 0,service TEXT,account TEXT,account_guid TEXT,error INTEGER DEFAULT 0,date INTEGER,date_read INTEGER,date_delivered INTEGER,is_delivered INTEGER DEFAULT 0,is_finished INTEGER DEFAULT 0,is_emote INTEGER DEFAULT 0,is_from_me INTEGER DEFAULT 0,is_empty INTEGER DEFAULT 0,is_delayed INTEGER DEFAULT 0,is_auto_reply INTEGER DEFAULT 0,is_prepared INTEGER DEFAULT 0,is_read INTEGER DEFAULT 0,is_system_message INTEGER DEFAULT 0,is_sent INTEGER DEFAULT 0,has_dd_results INTEGER DEFAULT 0,is_service_message INTEGER DEFAULT 0,is_forward INTEGER DEFAULT 0,was_downgraded INTEGER DEFAULT 0,is_archive INTEGER DEFAULT 0,cache_has_attachments INTEGER DEFAULT 0,cache_roomnames TEXT,was_data_detected INTEGER DEFAULT 0,was_deduplicated INTEGER DEFAULT 0,is_audio_message INTEGER DEFAULT 0,is_played INTEGER DEFAULT 0,date_played INTEGER,item_type INTEGER DEFAULT 0,other_handle INTEGER DEFAULT 0,group_title TEXT,group_action_type INTEGER DEFAULT 0,share_status INTEGER DEFAULT 0,share_direction INTEGER DEFAULT 0,is_expirable INTEGER DEFAULT 0,expire_state INTEGER DEFAULT 0,message_action_type INTEGER DEFAULT 0,message_source INTEGER DEFAULT 0,associated_message_guid TEXT,associated_message_type INTEGER DEFAULT 0,balloon_bundle_id TEXT,payload_data BLOB,expressive_send_style_id TEXT,associated_message_range_location INTEGER DEFAULT 0,associated_message_range_length INTEGER DEFAULT 0,time_expressive_send_played INTEGER,message_summary_info BLOB,ck_sync_state INTEGER DEFAULT 0,destination_caller_id TEXT,reply_to_guid TEXT,sort_id INTEGER,is_spam INTEGER DEFAULT 0,thread_originator_guid TEXT,thread_originator_part TEXT,date_retracted INTEGER,date_edited INTEGER);
CREATE TABLE chat_handle_join (chat_id INTEGER REFERENCES chat (ROWID) ON DELETE CASCADE,handle_id INTEGER REFERENCES handle (ROWID) ON DELETE CASCADE,UNIQUE(chat_id,handle_id));
CREATE TABLE chat_message_join (chat_id INTEGER REFERENCES chat (ROWID) ON DELETE CASCADE,message_id INTEGER REFERENCES message (ROWID) ON DELETE CASCADE,message_date INTEGER DEFAULT 0,PRIMARY KEY (chat_id,message_id));
CREATE TABLE chat_recoverable_message_join (chat_id INTEGER REFERENCES chat (ROWID) ON DELETE CASCADE,message_id INTEGER REFERENCES message (ROWID) ON DELETE CASCADE,delete_date INTEGER,ck_sync_state INTEGER DEFAULT 0,PRIMARY KEY (chat_id,message_id));
CREATE TABLE message_attachment_join (message_id INTEGER REFERENCES message (ROWID) ON DELETE CASCADE,attachment_id INTEGER REFERENCES attachment (ROWID) ON DELETE CASCADE,UNIQUE(message_id,attachment_id));
CREATE TABLE attachment (ROWID INTEGER PRIMARY KEY AUTOINCREMENT,guid TEXT UNIQUE NOT NULL,created_date INTEGER DEFAULT 0,start_date INTEGER DEFAULT 0,filename TEXT,uti TEXT,mime_type TEXT,transfer_state INTEGER DEFAULT 0,is_outgoing INTEGER DEFAULT 0,user_info BLOB,transfer_name TEXT,total_bytes INTEGER DEFAULT 0,is_sticker INTEGER DEFAULT 0,sticker_user_info BLOB,attribution_info BLOB,hide_attachment INTEGER DEFAULT 0,original_guid TEXT);
CREATE INDEX message_idx_handle ON message(handle_id,date);
CREATE INDEX chat_message_join_idx_message_id_only ON chat_message_join(message_id);
'''
CALLS = '''
CREATE TABLE ZCALLDBPROPERTIES ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZTIMER_ALL FLOAT,ZTIMER_INCOMING FLOAT,ZTIMER_LAST FLOAT,ZTIMER_LIFETIME FLOAT,ZTIMER_OUTGOING FLOAT );
CREATE TABLE ZCALLRECORD ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZANSWERED INTEGER,ZCALL_CATEGORY INTEGER,ZCALLTYPE INTEGER,ZDISCONNECTED_CAUSE INTEGER,ZFACE_TIME_DATA INTEGER,ZFILTERED_OUT_REASON INTEGER,ZHANDLE_TYPE INTEGER,ZHASMESSAGE INTEGER,ZJUNKCONFIDENCE INTEGER,ZNUMBER_AVAILABILITY INTEGER,ZORIGINATED INTEGER,ZREAD INTEGER,ZVERIFICATIONSTATUS INTEGER,ZDATE TIMESTAMP,ZDURATION FLOAT,ZADDRESS VARCHAR,ZISO_COUNTRY_CODE VARCHAR,ZLOCATION VARCHAR,ZNAME VARCHAR,ZSERVICE_PROVIDER VARCHAR,ZUNIQUE_ID VARCHAR,ZPARTICIPANTGROUPUUID BLOB );
CREATE TABLE ZHANDLE ( Z_PK INTEGER PRIMARY KEY,Z_ENT INTEGER,Z_OPT INTEGER,ZTYPE INTEGER,ZNORMALIZEDVALUE VARCHAR,ZVALUE VARCHAR );
CREATE TABLE Z_2REMOTEPARTICIPANTHANDLES ( Z_2REMOTEPARTICIPANTCALLS INTEGER,Z_4REMOTEPARTICIPANTHANDLES INTEGER,PRIMARY KEY (Z_2REMOTEPARTICIPANTCALLS,Z_4REMOTEPARTICIPANTHANDLES) );
CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY,Z_NAME VARCHAR,Z_SUPER INTEGER,Z_MAX INTEGER);
CREATE TABLE Z_METADATA (Z_VERSION INTEGER PRIMARY KEY,Z_UUID VARCHAR(255),Z_PLIST BLOB);
'''
BOOK = '''
CREATE TABLE ABPerson (ROWID INTEGER PRIMARY KEY AUTOINCREMENT,First TEXT,Last TEXT,Middle TEXT,FirstPhonetic TEXT,MiddlePhonetic TEXT,LastPhonetic TEXT,Organization TEXT,Department TEXT,Note TEXT,Kind INTEGER,Birthday TEXT,JobTitle TEXT,Nickname TEXT,Prefix TEXT,Suffix TEXT,FirstSort TEXT,LastSort TEXT,CreationDate INTEGER,ModificationDate INTEGER,CompositeNameFallback TEXT,ExternalIdentifier TEXT,StoreID INTEGER,DisplayName TEXT,PersonLink INTEGER DEFAULT -1,ImageURI TEXT,IsPreferredName INTEGER DEFAULT 1,guid TEXT NOT NULL,UNIQUE(guid));
CREATE TABLE ABMultiValue (UID INTEGER PRIMARY KEY,record_id INTEGER,property INTEGER,identifier INTEGER,label INTEGER,value TEXT,guid TEXT NOT NULL,UNIQUE(guid));
CREATE TABLE ABMultiValueEntry (parent_id INTEGER,key INTEGER,value TEXT,UNIQUE(parent_id,key));
CREATE TABLE ABMultiValueEntryKey (value TEXT,UNIQUE(value));
CREATE TABLE ABMultiValueLabel (value TEXT,UNIQUE(value));
INSERT INTO ABMultiValueLabel VALUES('_$!<Mobile>!$_'),('_$!<Home>!$_'),('_$!<Work>!$_');
CREATE TABLE ABStore (ROWID INTEGER PRIMARY KEY AUTOINCREMENT,Name TEXT,Type INTEGER);
INSERT INTO ABStore(ROWID,Name,Type) VALUES(0,'Default',0);
CREATE INDEX ABMultiValueRecordIDIndex ON ABMultiValue(record_id,identifier);
'''


def guid(*parts):
    """A UUID that depends only on `parts`."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, '/'.join(str(p) for p in parts))).upper()


def typedstream(text):
    """An NSAttributedString with one run, archived as Messages archives it."""
    def number(n):
        if n < 0x80:
            return bytes([n])
        return b'\x81' + struct.pack('<H', n) if n < 0x10000 else b'\x82' + struct.pack('<I', n)

    def name(s):
        return bytes([len(s)]) + s.encode()

    utf8, units = text.encode(), len(text.encode('utf-16-le')) // 2
    return (b'\x04\x0bstreamtyped' + number(1000) + b'\x84\x01@\x84\x84\x84' + name('NSAttributedString') + b'\0\x84\x84' +
            name('NSObject') + b'\0\x85\x92\x84\x84\x84' + name('NSString') + b'\1\x94\x84\x01+' + number(len(utf8)) + utf8 +
            b'\x86\x84\x02iI\x01' + number(units) + b'\x92\x84\x84\x84' + name('NSDictionary') + b'\0\x94\x84\x01i\x01\x92\x84\x96\x96' +
            name('__kIMMessagePartAttributeName') + b'\x86\x92\x84\x84\x84' + name('NSNumber') + b'\0\x84\x84' + name('NSValue') +
            b'\0\x94\x84\x01*\x84\x99\x99\0\x86\x86\x86')


def nanoseconds(ms):
    return (ms - CF * 1000) * 1000000


def cocoa(ms):
    """Whole seconds since 2001, so that no floating point blurs the truth."""
    return ms // 1000 - CF


def messages(phone, script):
    """SMS and iMessage in turn; every third message has its text in attributedBody only, as since iOS 14."""
    path, world, truth = HOME + 'Library/SMS/sms.db', phone.world, phone.truth
    db, chats, gone, late, n = Database(phone.tree, path, SMS, phone.mtime), {}, [], [], 0
    own = world.owner.number

    def put(m, n):
        person, out = m.chat.peer, m.sender is None
        service = 'iMessage' if int(person.digits) % 2 else 'SMS'
        if person.number not in chats:
            handle = db.insert('handle', id=person.number, country='gb', service=service)
            chat = db.insert('chat', guid='%s;-;%s' % (service, person.number), style=45, state=3, chat_identifier=person.number,
                             service_name=service, account_login='P:' + own, is_archived=0, last_addressed_handle=own)
            db.insert('chat_handle_join', chat_id=chat, handle_id=handle)
            chats[person.number] = handle, chat
            truth.add('thread', 'Messages', None, path, 'chat', chat, thread=person.number, type='one-to-one', participants=[person.number],
                      where='wal' if db.in_wal else None)
        handle, chat = chats[person.number]
        item = None
        if m.extra.get('media') == 'picture':
            name = 'Library/SMS/Attachments/%02x/%02d/%s/IMG_%04d.jpg' % (n % 256, n % 16, guid('attachment', n), n % 10000)
            item = phone.library.new('picture', HOME + name, m.at, 'com.apple.MobileSMS')
        body = m.body if m.kind in ('text', 'image', 'location') or m.body else None
        shown = ('￼' + (body or '')) if item else body
        only_attributed = n % 3 == 0 and shown
        row = db.insert('message', guid=guid('message', n, m.at), text=None if only_attributed else shown, handle_id=handle,
                        attributedBody=typedstream(shown) if shown else None, version=10, service=service, account='p:' + own,
                        date=nanoseconds(m.at), date_read=0 if out else nanoseconds(m.at + 60000),
                        date_delivered=nanoseconds(m.at + 1000) if out else 0, is_delivered=1, is_finished=1, is_from_me=int(out),
                        is_read=int(not out), is_sent=int(out), cache_has_attachments=int(item is not None), destination_caller_id=own)
        db.insert('chat_message_join', chat_id=chat, message_id=row, message_date=nanoseconds(m.at))
        fields = dict(thread=person.number, sender=own if out else person.number, direction='out' if out else 'in',
                      type='image' if item else 'text', body=body, sent_at=iso(m.at), service=service,
                      read_at=None if out else iso(m.at + 60000))
        if item:
            a = db.insert('attachment', guid=guid('attachment row', n), created_date=nanoseconds(m.at) // 10 ** 9, filename='~/' + name,
                          uti='public.jpeg', mime_type='image/jpeg', transfer_state=5, is_outgoing=int(out),
                          transfer_name=name.rsplit('/', 1)[1], total_bytes=item.size)
            db.insert('message_attachment_join', message_id=row, attachment_id=a)
            fields.update(attachment='~/' + name, attachment_file=item.path if item.present else None, attachment_type='image/jpeg')
        for i, (actor, value, when) in enumerate(m.extra.get('reactions', ())):
            code = {'❤️': 2000, '👍': 2001, '😂': 2003}.get(value, 2004)
            target = 'p:0/' + guid('message', n, m.at)
            r = db.insert('message', guid=guid('reaction', n, i), text='Loved “%s”' % body, handle_id=handle, service=service,
                          date=nanoseconds(when), is_from_me=int(actor is None), associated_message_guid=target,
                          associated_message_type=code, is_finished=1)
            db.insert('chat_message_join', chat_id=chat, message_id=r, message_date=nanoseconds(when))
            truth.add('reaction', 'Messages', None, path, 'message', r, message=guid('message', n, m.at), value={2000: 'loved', 2001: 'liked', 2003: 'laughed', 2004: 'emphasised'}[code],
                      actor=own if actor is None else person.number, at=iso(when), where='wal' if db.in_wal else None)
        if m.how in ('deleted', 'wal-deleted'):
            gone.append((row, body, m.how, fields, guid('message', n, m.at), chat, m.at))
        else:
            truth.add('message', 'Messages', None, path, 'message', row, where='wal' if db.in_wal else None, **fields)

    def remove(which):
        for i, (row, body, how, fields, key, chat, at) in enumerate(gone):
            if how != which:
                continue
            db.execute('DELETE FROM chat_message_join WHERE message_id=?', (row,))
            if i % 5 == 0:   # "Recently Deleted": still a live row, in another join table
                db.insert('chat_recoverable_message_join', chat_id=chat, message_id=row, delete_date=nanoseconds(world.end))
                truth.add('message', 'Messages', None, path, 'message', row, recently_deleted=True, **fields)
                continue
            db.execute('DELETE FROM message WHERE ROWID=?', (row,))
            db.insert('deleted_messages', guid=key)
    for n, m in enumerate(script):
        if m.chat.peer is None:
            continue
        if m.how == 'wal':
            late.append((m, n))
        else:
            put(m, n)
    remove('deleted')
    db.to_wal()
    remove('wal-deleted')
    db.commit()
    for m, n in late:
        put(m, n)
        db.commit()
    found = still_there(db.raw(), [(g[0], g[1]) for g in gone])
    live = {row for row, in db.execute('SELECT message_id FROM chat_recoverable_message_join')}
    for row, _, how, fields, *_ in gone:
        if row in found and row not in live:
            truth.add('message', 'Messages', None, path, 'message', row, state='deleted',
                      where='database' if how == 'deleted' else 'database under wal', **fields)
    db.finish()


def calls(phone, script):
    path = HOME + 'Library/CallHistoryDB/CallHistory.storedata'
    db = Database(phone.tree, path, CALLS, phone.mtime)
    db.execute("INSERT INTO Z_PRIMARYKEY VALUES(1,'CallDBProperties',0,1),(2,'CallRecord',0,?),(4,'Handle',0,0)", (len(script),))
    gone = []
    for i, (person, what, at, seconds, how) in enumerate(script):
        provider, kind = ('com.apple.FaceTime', 8 if i % 2 else 16) if i % 4 == 3 else ('com.apple.Telephony', 1)
        row = db.insert('ZCALLRECORD', Z_ENT=2, Z_OPT=1, ZANSWERED=int(seconds > 0 and what != 'out'), ZCALLTYPE=kind, ZDISCONNECTED_CAUSE=0,
                        ZORIGINATED=int(what == 'out'), ZREAD=1, ZDATE=float(cocoa(at)), ZDURATION=float(seconds), ZADDRESS=person.number,
                        ZISO_COUNTRY_CODE='gb', ZLOCATION='United Kingdom', ZSERVICE_PROVIDER=provider, ZUNIQUE_ID=guid('call', i, at),
                        ZHANDLE_TYPE=2, ZNAME=person.name or None)
        fields = dict(direction='out' if what == 'out' else 'in', peer=person.number, started_at=iso(at // 1000 * 1000), duration=seconds,
                      answered=seconds > 0, video=kind == 8)
        app = 'FaceTime' if kind != 1 else 'Phone'
        if how == 'deleted':
            gone.append((row, app, fields))
        else:
            phone.truth.add('call', app, None, path, 'ZCALLRECORD', row, **fields)
    db.executemany('DELETE FROM ZCALLRECORD WHERE Z_PK=?', [(g[0],) for g in gone])
    for row, app, fields in gone:
        phone.truth.add('call', app, None, path, 'ZCALLRECORD', row, state='deleted', where='database', **fields)
    db.finish()


def contacts(phone, people, deleted=()):
    path = HOME + 'Library/AddressBook/AddressBook.sqlitedb'
    db, gone = Database(phone.tree, path, BOOK, phone.mtime), []
    for i, p in enumerate(list(people) + list(deleted)):
        created = cocoa(phone.world.start) + i * 60
        row = db.insert('ABPerson', First=p.first, Last=p.last, CreationDate=created, ModificationDate=created, StoreID=0, Kind=0,
                        Organization='Barlow Roofing' if i % 9 == 4 else None, Note='from the gym' if i % 7 == 2 else None, guid=guid('person', i))
        db.insert('ABMultiValue', record_id=row, property=3, identifier=0, label=1, value=p.local[:5] + ' ' + p.local[5:] if i % 3 == 0 else p.number,
                  guid=guid('phone', i))
        selectors = [p.number]
        if i % 4 == 0:
            db.insert('ABMultiValue', record_id=row, property=4, identifier=0, label=2, value=p.email, guid=guid('mail', i))
            selectors.append(p.email)
        fields = dict(name=' '.join(x for x in (p.first, p.last) if x), selectors=selectors, organisation='Barlow Roofing' if i % 9 == 4 else None,
                      note='from the gym' if i % 7 == 2 else None)
        if i >= len(people):
            gone.append((row, fields))
        else:
            phone.truth.add('contact', 'Contacts', None, path, 'ABPerson', row, **fields)
    for row, fields in gone:
        db.execute('DELETE FROM ABMultiValue WHERE record_id=?', (row,))
        db.execute('DELETE FROM ABPerson WHERE ROWID=?', (row,))
    raw = db.raw()
    for row, fields in gone:
        first, last = fields['name'].split(' ', 1) if ' ' in fields['name'] else (fields['name'], '')
        if raw.find((first + last).encode()) >= 0:   # the columns lie side by side in the record
            phone.truth.add('contact', 'Contacts', None, path, 'ABPerson', row, state='deleted', where='database', **fields)
    db.finish()
