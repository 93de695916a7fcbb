"""Android's own: SMS and MMS, calls, contacts, the SIM history."""

from .database import Database, still_there
from .truth import iso

SMS_SCHEMA = '''
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE pdu (_id INTEGER PRIMARY KEY AUTOINCREMENT,thread_id INTEGER,date INTEGER,date_sent INTEGER DEFAULT 0,msg_box INTEGER,read INTEGER DEFAULT 0,m_id TEXT,sub TEXT,sub_cs INTEGER,ct_t TEXT,ct_l TEXT,exp INTEGER,m_cls TEXT,m_type INTEGER,v INTEGER,m_size INTEGER,pri INTEGER,rr INTEGER,rpt_a INTEGER,resp_st INTEGER,st INTEGER,tr_id TEXT,retr_st INTEGER,retr_txt TEXT,retr_txt_cs INTEGER,read_status INTEGER,ct_cls INTEGER,resp_txt TEXT,d_tm INTEGER,d_rpt INTEGER,locked INTEGER DEFAULT 0,sub_id INTEGER DEFAULT -1,seen INTEGER DEFAULT 0,creator TEXT,text_only INTEGER DEFAULT 0);
CREATE TABLE addr (_id INTEGER PRIMARY KEY,msg_id INTEGER,contact_id INTEGER,address TEXT,type INTEGER,charset INTEGER,sub_id INTEGER DEFAULT -1);
CREATE TABLE part (_id INTEGER PRIMARY KEY AUTOINCREMENT,mid INTEGER,seq INTEGER DEFAULT 0,ct TEXT,name TEXT,chset INTEGER,cd TEXT,fn TEXT,cid TEXT,cl TEXT,ctt_s INTEGER,ctt_t TEXT,_data TEXT,text TEXT,sub_id INTEGER DEFAULT -1);
CREATE TABLE sms (_id INTEGER PRIMARY KEY,thread_id INTEGER,address TEXT,person INTEGER,date INTEGER,date_sent INTEGER DEFAULT 0,protocol INTEGER,read INTEGER DEFAULT 0,status INTEGER DEFAULT -1,type INTEGER,reply_path_present INTEGER,subject TEXT,body TEXT,service_center TEXT,locked INTEGER DEFAULT 0,sub_id INTEGER DEFAULT -1,error_code INTEGER DEFAULT 0,creator TEXT,seen INTEGER DEFAULT 0,priority INTEGER DEFAULT -1);
CREATE TABLE canonical_addresses (_id INTEGER PRIMARY KEY AUTOINCREMENT,address TEXT,sub_id INTEGER DEFAULT -1);
CREATE TABLE threads (_id INTEGER PRIMARY KEY AUTOINCREMENT,date INTEGER DEFAULT 0,message_count INTEGER DEFAULT 0,recipient_ids TEXT,snippet TEXT,snippet_cs INTEGER DEFAULT 0,read INTEGER DEFAULT 1,archived INTEGER DEFAULT 0,type INTEGER DEFAULT 0,error INTEGER DEFAULT 0,has_attachment INTEGER DEFAULT 0,sub_id INTEGER DEFAULT -1);
CREATE INDEX typeThreadIdIndex ON sms (type,thread_id);
'''

CALLS_SCHEMA = '''
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE properties (property_key TEXT PRIMARY KEY,property_value TEXT);
CREATE TABLE calls (_id INTEGER PRIMARY KEY AUTOINCREMENT,number TEXT,presentation INTEGER NOT NULL DEFAULT 1,post_dial_digits TEXT NOT NULL DEFAULT '',via_number TEXT NOT NULL DEFAULT '',date INTEGER,duration INTEGER,data_usage INTEGER,type INTEGER,features INTEGER NOT NULL DEFAULT 0,subscription_component_name TEXT,subscription_id TEXT,phone_account_address TEXT,phone_account_hidden INTEGER NOT NULL DEFAULT 0,sub_id INTEGER DEFAULT -1,new INTEGER,name TEXT,numbertype INTEGER,numberlabel TEXT,countryiso TEXT,voicemail_uri TEXT,is_read INTEGER,geocoded_location TEXT,lookup_uri TEXT,matched_number TEXT,normalized_number TEXT,photo_id INTEGER NOT NULL DEFAULT 0,photo_uri TEXT,formatted_number TEXT,add_for_all_users INTEGER NOT NULL DEFAULT 1,deleted INTEGER NOT NULL DEFAULT 0,last_modified INTEGER DEFAULT 0,call_screening_component_name TEXT,call_screening_app_name TEXT,block_reason INTEGER NOT NULL DEFAULT 0,_data TEXT,has_content INTEGER,mime_type TEXT,source_data TEXT,source_package TEXT,transcription TEXT,state INTEGER);
'''

CONTACTS_SCHEMA = '''
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE accounts (_id INTEGER PRIMARY KEY AUTOINCREMENT,account_name TEXT,account_type TEXT,data_set TEXT);
CREATE TABLE mimetypes (_id INTEGER PRIMARY KEY AUTOINCREMENT,mimetype TEXT NOT NULL);
CREATE TABLE raw_contacts (_id INTEGER PRIMARY KEY AUTOINCREMENT,account_id INTEGER REFERENCES accounts(_id),sourceid TEXT,backup_id TEXT,raw_contact_is_read_only INTEGER NOT NULL DEFAULT 0,version INTEGER NOT NULL DEFAULT 1,dirty INTEGER NOT NULL DEFAULT 0,deleted INTEGER NOT NULL DEFAULT 0,metadata_dirty INTEGER NOT NULL DEFAULT 0,contact_id INTEGER REFERENCES contacts(_id),aggregation_mode INTEGER NOT NULL DEFAULT 0,custom_ringtone TEXT,send_to_voicemail INTEGER NOT NULL DEFAULT 0,starred INTEGER NOT NULL DEFAULT 0,pinned INTEGER NOT NULL DEFAULT 0,display_name TEXT,display_name_alt TEXT,display_name_source INTEGER NOT NULL DEFAULT 0,phonetic_name TEXT,sort_key TEXT COLLATE NOCASE);
CREATE TABLE contacts (_id INTEGER PRIMARY KEY AUTOINCREMENT,name_raw_contact_id INTEGER REFERENCES raw_contacts(_id),photo_id INTEGER REFERENCES data(_id),photo_file_id INTEGER,custom_ringtone TEXT,send_to_voicemail INTEGER NOT NULL DEFAULT 0,starred INTEGER NOT NULL DEFAULT 0,pinned INTEGER NOT NULL DEFAULT 0,has_phone_number INTEGER NOT NULL DEFAULT 0,lookup TEXT,contact_last_updated_timestamp INTEGER);
CREATE TABLE data (_id INTEGER PRIMARY KEY AUTOINCREMENT,package_id INTEGER,mimetype_id INTEGER REFERENCES mimetypes(_id) NOT NULL,raw_contact_id INTEGER REFERENCES raw_contacts(_id) NOT NULL,hash_id TEXT,is_read_only INTEGER NOT NULL DEFAULT 0,is_primary INTEGER NOT NULL DEFAULT 0,is_super_primary INTEGER NOT NULL DEFAULT 0,data_version INTEGER NOT NULL DEFAULT 0,data1 TEXT,data2 TEXT,data3 TEXT,data4 TEXT,data5 TEXT,data6 TEXT,data7 TEXT,data8 TEXT,data9 TEXT,data10 TEXT,data11 TEXT,data12 TEXT,data13 TEXT,data14 TEXT,data15 TEXT,data_sync1 TEXT,data_sync2 TEXT,data_sync3 TEXT,data_sync4 TEXT,carrier_presence INTEGER NOT NULL DEFAULT 0);
CREATE TABLE deleted_contacts (contact_id INTEGER PRIMARY KEY,contact_deleted_timestamp INTEGER NOT NULL DEFAULT 0);
'''

SIM_SCHEMA = '''
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE siminfo(_id INTEGER PRIMARY KEY AUTOINCREMENT,icc_id TEXT NOT NULL,sim_id INTEGER DEFAULT -1,display_name TEXT,carrier_name TEXT,name_source INTEGER DEFAULT 0,color INTEGER DEFAULT 0,number TEXT,display_number_format INTEGER NOT NULL DEFAULT 1,data_roaming INTEGER DEFAULT 0,mcc INTEGER DEFAULT 0,mnc INTEGER DEFAULT 0,mcc_string TEXT,mnc_string TEXT,sim_provisioning_status INTEGER DEFAULT 0,is_embedded INTEGER DEFAULT 0,card_id TEXT NOT NULL,imsi TEXT,iso_country_code TEXT,carrier_id INTEGER DEFAULT -1);
'''

MIMETYPES = ('email_v2', 'im', 'nickname', 'organization', 'phone_v2', 'name', 'postal-address_v2', 'note')


def messages(phone, script, mms=()):
    """`script`: Msg with one-to-one chats; `mms`: (person, out, at, text, media kind)."""
    path = 'data/data/com.android.providers.telephony/databases/mmssms.db'
    db, truth = Database(phone.tree, path, SMS_SCHEMA, phone.mtime), phone.truth
    threads, gone, late = {}, [], []

    def thread_of(person, at):
        known = threads.get(person.number)
        if known is None:
            address = db.insert('canonical_addresses', address=person.number)
            known = threads[person.number] = db.insert('threads', date=at, recipient_ids=str(address), message_count=1)
            truth.add('thread', 'SMS', '0', path, 'threads', known, thread=str(known), type='one-to-one',
                      participants=[person.number])
        return known

    def put(m):
        person, out = m.chat.peer, m.sender is None
        thread = thread_of(person, m.at)
        # Some networks hand over the national form: both occur on real phones.
        address = person.local if m.at % 5 == 0 else person.number
        kind = 2 if out else 1
        if m.extra.get('failed'):
            kind = 5
        row = db.insert('sms', thread_id=thread, address=address, date=m.at, date_sent=0 if out else m.at - 2000,
                        read=1, status=-1, type=kind, body=m.body, service_center=None if out else '+447700900555',
                        error_code=0, seen=1, sub_id=1, creator='com.android.messaging')
        fields = dict(thread=str(thread), sender=phone.world.owner.number if out else person.number, address=address,
                      recipients=[person.number] if out else None, direction='out' if out else 'in', type='text',
                      body=m.body, sent_at=iso(m.at if out else m.at - 2000), received_at=None if out else iso(m.at))
        if m.how in ('deleted', 'wal-deleted'):
            gone.append((row, m.body, m.how, fields))
        else:
            truth.add('message', 'SMS', '0', path, 'sms', row, where='wal' if m.how == 'wal' else None, **fields)
    for m in script:
        if m.kind != 'text':
            m = type(m)(m.chat, m.sender, m.at, 'text', m.body or 'picture message', m.how)
        if m.how == 'wal':
            late.append(m)
        else:
            put(m)
    for i, (person, out, at, text, kind) in enumerate(mms):
        thread = thread_of(person, at)
        pdu = db.insert('pdu', thread_id=thread, date=at // 1000, date_sent=0 if out else at // 1000 - 2, msg_box=2 if out else 1,
                        read=1, m_id='mms%d@example.org' % at, ct_t='application/vnd.wap.multipart.related', m_type=128 if out else 132,
                        v=18, seen=1, creator='com.android.messaging')
        own, other = phone.world.owner.number, person.number
        db.insert('addr', msg_id=pdu, address='insert-address-token' if out else other, type=0x89, charset=106)
        db.insert('addr', msg_id=pdu, address=other if out else own, type=0x97, charset=106)
        name = 'data/user_de/0/com.android.providers.telephony/app_parts/PART_%d_image.jpg' % at
        item = phone.library.new(kind, name, at, 'com.android.providers.telephony')
        db.insert('part', mid=pdu, seq=-1, ct='application/smil', cid='<smil>', cl='smil.xml',
                  text='<smil><body><par><img src="image.jpg"/></par></body></smil>')
        db.insert('part', mid=pdu, seq=0, ct=item.mime, cid='<image>', cl='image.jpg', _data='/' + name)
        if text:
            db.insert('part', mid=pdu, seq=0, ct='text/plain', chset=106, cid='<text>', cl='text.txt', text=text)
        truth.add('message', 'MMS', '0', path, 'pdu', pdu, thread=str(thread), sender=own if out else other,
                  recipients=[other if out else own], direction='out' if out else 'in', type='image', body=text,
                  sent_at=iso(at if out else at // 1000 * 1000 - 2000), attachment='/' + name,
                  attachment_file=name if item.present else None, attachment_type=item.mime)
    db.executemany('DELETE FROM sms WHERE _id=?', [(g[0],) for g in gone if g[2] == 'deleted'])
    db.to_wal()
    db.executemany('DELETE FROM sms WHERE _id=?', [(g[0],) for g in gone if g[2] == 'wal-deleted'])
    db.commit()
    for m in late:
        put(m)
        db.commit()
    found = still_there(db.raw(), [(g[0], g[1]) for g in gone])
    for row, _, how, fields in gone:
        if row in found:
            truth.add('message', 'SMS', '0', path, 'sms', row, state='deleted',
                      where='database' if how == 'deleted' else 'database under wal', **fields)
    db.finish()


CALL_TYPES = {'in': 1, 'out': 2, 'missed': 3, 'voicemail': 4, 'rejected': 5, 'blocked': 6}


def calls(phone, script):
    """Each: (person, what, at, seconds, how)."""
    path = 'data/data/com.android.providers.contacts/databases/calllog.db'
    db, gone = Database(phone.tree, path, CALLS_SCHEMA, phone.mtime), []
    for person, what, at, seconds, how in script:
        row = db.insert('calls', number=person.number if at % 3 else person.local, date=at, duration=seconds,
                        type=CALL_TYPES[what], new=0, name=person.name if person.contact else None, countryiso='GB',
                        geocoded_location='United Kingdom', normalized_number=person.number, is_read=1,
                        phone_account_address=phone.sims[0]['iccid'], features=0, last_modified=at + seconds * 1000,
                        subscription_component_name='com.android.phone/com.android.services.telephony.TelephonyConnectionService')
        fields = dict(direction='out' if what == 'out' else 'in', peer=person.number, started_at=iso(at), duration=seconds,
                      answered=seconds > 0, outcome=what)
        if how == 'deleted':
            gone.append((row, person, fields))
        else:
            phone.truth.add('call', 'Phone', '0', path, 'calls', row, **fields)
    db.executemany('DELETE FROM calls WHERE _id=?', [(g[0],) for g in gone])
    raw = db.raw()
    for row, person, fields in gone:
        if raw.find(person.number.encode()) >= 0:
            phone.truth.add('call', 'Phone', '0', path, 'calls', row, state='deleted', where='database', **fields)
    db.finish()


def contacts(phone, people, deleted=()):
    """`deleted`: people whose entry was removed (contacts keep a tombstone; their rows are really gone)."""
    path = 'data/data/com.android.providers.contacts/databases/contacts2.db'
    db, truth = Database(phone.tree, path, CONTACTS_SCHEMA, phone.mtime), phone.truth
    db.insert('accounts', account_name='%s' % phone.world.owner.email, account_type='com.google')
    db.insert('accounts', account_name='Phone', account_type='vnd.sec.contact.phone')
    kinds = {name: db.insert('mimetypes', mimetype='vnd.android.cursor.item/' + name) for name in MIMETYPES}
    gone = []
    for i, p in enumerate(list(people) + list(deleted)):
        raw = db.insert('raw_contacts', account_id=1 + i % 2, contact_id=i + 1, display_name=p.name,
                        display_name_alt='%s, %s' % (p.last, p.first) if p.last else p.name, sort_key=p.name, starred=int(i % 11 == 5))
        contact = db.insert('contacts', name_raw_contact_id=raw, has_phone_number=1, starred=int(i % 11 == 5),
                            lookup='%di%x' % (i, int(p.digits)), contact_last_updated_timestamp=phone.world.start + i * 1000)
        number = p.number if i % 3 else p.local[:5] + ' ' + p.local[5:]
        db.insert('data', mimetype_id=kinds['name'], raw_contact_id=raw, data1=p.name, data2=p.first, data3=p.last)
        db.insert('data', mimetype_id=kinds['phone_v2'], raw_contact_id=raw, data1=number, data2='2', data4=p.number)
        selectors, note, organisation = [p.number], None, None
        if i % 4 == 0:
            db.insert('data', mimetype_id=kinds['email_v2'], raw_contact_id=raw, data1=p.email, data2='1')
            selectors.append(p.email)
        if i % 7 == 2:
            note = 'from the gym'
            db.insert('data', mimetype_id=kinds['note'], raw_contact_id=raw, data1=note)
        if i % 9 == 4:
            organisation = 'Barlow Roofing'
            db.insert('data', mimetype_id=kinds['organization'], raw_contact_id=raw, data1=organisation, data4='fitter')
        fields = dict(name=p.name, selectors=selectors, note=note, organisation=organisation, starred=i % 11 == 5)
        if i >= len(people):
            gone.append((raw, contact, p, fields))
        else:
            truth.add('contact', 'Contacts', '0', path, 'raw_contacts', raw, **fields)
    for raw, contact, p, fields in gone:
        db.execute('DELETE FROM data WHERE raw_contact_id=?', (raw,))
        db.execute('DELETE FROM raw_contacts WHERE _id=?', (raw,))
        db.execute('DELETE FROM contacts WHERE _id=?', (contact,))
        db.insert('deleted_contacts', contact_id=contact, contact_deleted_timestamp=phone.world.end)
    data = db.raw()
    for raw, contact, p, fields in gone:
        if data.find(p.name.encode()) >= 0:
            truth.add('contact', 'Contacts', '0', path, 'raw_contacts', raw, state='deleted', where='database', **fields)
    db.finish()


def sims(phone):
    path = 'data/user_de/0/com.android.providers.telephony/databases/telephony.db'
    db = Database(phone.tree, path, SIM_SCHEMA, phone.mtime)
    for s in phone.sims:
        row = db.insert('siminfo', icc_id=s['iccid'], sim_id=s['slot'], display_name=s['carrier'], carrier_name=s['carrier'],
                        number=s['msisdn'] or '', mcc=234, mnc=int(s['mnc']), mcc_string='234', mnc_string=s['mnc'],
                        card_id=s['iccid'], imsi=s['imsi'], iso_country_code='gb')
        phone.truth.add('sim', 'SIM', '0', path, 'siminfo', row, iccid=s['iccid'], imsi=s['imsi'], msisdn=s['msisdn'],
                        carrier=s['carrier'], slot=s['slot'] if s['slot'] >= 0 else None)
    db.finish()
