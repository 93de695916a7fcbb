"""WhatsApp for Android before 2021: one table `messages`, group senders in remote_resource."""

from .database import Database, still_there
from .library import data_dir
from .truth import iso
from .whatsapp import TYPES, WA_SCHEMA, media_path

SCHEMA = '''
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE messages (_id INTEGER PRIMARY KEY AUTOINCREMENT,key_remote_jid TEXT NOT NULL,key_from_me INTEGER,key_id TEXT NOT NULL,status INTEGER,needs_push INTEGER,data TEXT,timestamp INTEGER,media_url TEXT,media_mime_type TEXT,media_wa_type TEXT,media_size INTEGER,media_name TEXT,media_caption TEXT,media_hash TEXT,media_duration INTEGER,origin INTEGER,latitude REAL,longitude REAL,thumb_image TEXT,remote_resource TEXT,received_timestamp INTEGER,send_timestamp INTEGER,receipt_server_timestamp INTEGER,receipt_device_timestamp INTEGER,read_device_timestamp INTEGER,played_device_timestamp INTEGER,raw_data BLOB,recipient_count INTEGER,participant_hash TEXT,starred INTEGER,quoted_row_id INTEGER,mentioned_jids TEXT,multicast_id TEXT,edit_version INTEGER,media_enc_hash TEXT,payment_transaction_id TEXT,forwarded INTEGER,preview_type INTEGER,send_count INTEGER);
CREATE TABLE chat_list (_id INTEGER PRIMARY KEY AUTOINCREMENT,key_remote_jid TEXT UNIQUE,message_table_id INTEGER,subject TEXT,creation INTEGER,last_read_message_table_id INTEGER,archived INTEGER,sort_timestamp INTEGER,mod_tag INTEGER,gen REAL);
CREATE TABLE group_participants (_id INTEGER PRIMARY KEY AUTOINCREMENT,gjid TEXT NOT NULL,jid TEXT NOT NULL,admin INTEGER,pending INTEGER,sent_sender_key INTEGER);
CREATE UNIQUE INDEX group_participants_index ON group_participants(gjid,jid);
CREATE UNIQUE INDEX messages_key_index ON messages(key_remote_jid,key_from_me,key_id);
CREATE INDEX messages_jid_id_index ON messages(key_remote_jid,_id);
'''


def write(phone, profile, owner, messages, package='com.whatsapp'):
    base, truth, app = data_dir(profile, package), phone.truth, 'WhatsApp'
    path = base + '/databases/msgstore.db'
    db = Database(phone.tree, path, SCHEMA, phone.mtime, user_version=1)
    # The app makes this row itself when it creates the table; it is no message.
    db.insert('messages', key_remote_jid='-1', key_from_me=0, key_id='-1', status=-1, needs_push=0, timestamp=0,
              media_wa_type=0, recipient_count=0)
    chats, gone, late = set(), [], []

    def put(m):
        jid = m.chat.peer.jid if m.chat.peer else m.chat.group_jid
        if m.chat.index not in chats:
            chats.add(m.chat.index)
            row = db.insert('chat_list', key_remote_jid=jid, subject=m.chat.name, creation=m.chat.created or None,
                            archived=0, sort_timestamp=m.at)
            for i, p in enumerate(m.chat.members):
                db.insert('group_participants', gjid=jid, jid=p.jid, admin=int(i == 0), pending=0)
            truth.add('thread', app, profile, path, 'chat_list', row, thread=jid, name=m.chat.name,
                      type='one-to-one' if m.chat.peer else 'group', created_at=iso(m.chat.created or None),
                      participants=[p.number for p in m.chat.members] or [m.chat.peer.number])
        out, x, fields, columns = m.sender is None, m.extra, {}, {}
        kind, body = m.kind, m.body
        if 'media' in x:
            relative, full = media_path(package, profile, x['media'], m.at, len(phone.library.items) % 10000)
            if full in phone.tree.entries:
                full = full.replace('-WA', '-%d-WA' % m.at)
                relative = relative.replace('-WA', '-%d-WA' % m.at)
            item = phone.library.new(x['media'], full, m.at, package)
            columns = dict(media_mime_type=item.mime, media_size=item.size, media_caption=body, media_duration=item.duration,
                           media_name=full.rsplit('/', 1)[1], media_hash=item.sha256[:43] + '=',
                           media_url='https://mmg.whatsapp.example.org/%d' % m.at,
                           # A serialised Java object; the path stands in it as plain text.
                           thumb_image=b'\xac\xed\x00\x05sr\x00\x12com.whatsapp.MediaData' + relative.encode() + b'x')
            fields = dict(attachment=relative, attachment_type=item.mime, attachment_size=item.size,
                          attachment_file=full if item.present else None)
        if 'latitude' in x:
            columns.update(latitude=x['latitude'], longitude=x['longitude'], media_name=x.get('place'))
            fields.update(latitude=x['latitude'], longitude=x['longitude'])
        if 'vcard' in x:
            columns['media_name'] = x['vcard'].name
            body = 'BEGIN:VCARD\nVERSION:3.0\nFN:%s\nTEL:%s\nEND:VCARD' % (x['vcard'].name, x['vcard'].number)
        if kind == 'revoked':
            body = None
        if 'forwarded' in x:
            columns['forwarded'] = 1
            fields['forwarded'] = True
        row = db.insert('messages', key_remote_jid=jid, key_from_me=int(out), key_id='%020X' % (m.at * 65537 + len(chats)),
                        status=13 if out else 0, needs_push=0, data=None if 'media' in x else body, timestamp=m.at,
                        media_wa_type=str(TYPES[kind]), origin=0, starred=0, recipient_count=0,
                        remote_resource=m.sender.jid if m.sender and not m.chat.peer else None,
                        received_timestamp=m.at + 700, receipt_server_timestamp=m.at + 900 if out else -1, **columns)
        fields = dict(thread=jid, sender=owner.number if out else m.sender.number, direction='out' if out else 'in',
                      type='text' if kind == 'revoked' else kind, body=body, sent_at=iso(m.at), **fields)
        if m.how in ('deleted', 'wal-deleted'):
            gone.append((row, body, m.how, fields))
        else:
            truth.add('message', app, profile, path, 'messages', row, where='wal' if m.how == 'wal' else None, **fields)
    for m in messages:
        if m.how == 'wal':
            late.append(m)
        else:
            put(m)
    db.executemany('DELETE FROM messages WHERE _id=?', [(g[0],) for g in gone if g[2] == 'deleted'])
    db.to_wal()
    db.executemany('DELETE FROM messages WHERE _id=?', [(g[0],) for g in gone if g[2] == 'wal-deleted'])
    db.commit()
    for m in late:
        put(m)
        db.commit()
    found = still_there(db.raw(), [(g[0], g[1]) for g in gone])
    for row, _, how, fields in gone:
        if row in found:
            truth.add('message', app, profile, path, 'messages', row, state='deleted',
                      where='database' if how == 'deleted' else 'database under wal', **fields)
    db.finish()


def contacts(phone, profile, people, package='com.whatsapp'):
    path = data_dir(profile, package) + '/databases/wa.db'
    db = Database(phone.tree, path, WA_SCHEMA, phone.mtime)
    for p in people:
        row = db.insert('wa_contacts', jid=p.jid, is_whatsapp_user=1, number=p.number, display_name=p.name or None,
                        wa_name=p.first or None, status='Available')
        phone.truth.add('contact', 'WhatsApp', profile, path, 'wa_contacts', row, name=p.name or p.first or None,
                        selectors=[p.number], note='Available')
    db.finish()
