"""WhatsApp and WhatsApp Business for Android: msgstore.db (schema of 2023 and later), wa.db, settings, media."""

import hashlib
import json
import time

from .database import Database, still_there
from .library import data_dir
from .truth import iso

NAMES = {'com.whatsapp': 'WhatsApp', 'com.whatsapp.w4b': 'WhatsApp Business'}
TYPES = {'text': 0, 'image': 1, 'audio': 2, 'video': 3, 'contact': 4, 'location': 5, 'system': 7, 'file': 9,
         'revoked': 15, 'sticker': 20, 'poll': 66}
FOLDER = {'picture': ('WhatsApp Images', 'IMG', 'jpg'), 'voice': ('WhatsApp Voice Notes', 'PTT', 'opus'),
          'clip': ('WhatsApp Video', 'VID', 'mp4'), 'document': ('WhatsApp Documents', 'DOC', 'pdf')}

SCHEMA = '''
CREATE TABLE android_metadata (locale TEXT);
INSERT INTO android_metadata VALUES('en_GB');
CREATE TABLE props(_id INTEGER PRIMARY KEY AUTOINCREMENT,key TEXT UNIQUE,value TEXT);
CREATE TABLE jid(_id INTEGER PRIMARY KEY AUTOINCREMENT,user TEXT NOT NULL,server TEXT NOT NULL,agent INTEGER,device INTEGER,type INTEGER,raw_string TEXT);
CREATE TABLE jid_map(lid_row_id INTEGER PRIMARY KEY NOT NULL,jid_row_id INTEGER NOT NULL,sort_id INTEGER NOT NULL DEFAULT 0);
CREATE TABLE chat(_id INTEGER PRIMARY KEY AUTOINCREMENT,jid_row_id INTEGER UNIQUE,hidden INTEGER,subject TEXT,created_timestamp INTEGER,display_message_row_id INTEGER,last_message_row_id INTEGER,last_read_message_row_id INTEGER,last_read_receipt_sent_message_row_id INTEGER,last_important_message_row_id INTEGER,archived INTEGER,sort_timestamp INTEGER,mod_tag INTEGER,gen REAL,spam_detection INTEGER,unseen_earliest_message_received_time INTEGER,unseen_message_count INTEGER,unseen_missed_calls_count INTEGER,unseen_row_count INTEGER,plaintext_disabled INTEGER,vcard_ui_dismissed INTEGER,change_number_notified_message_row_id INTEGER,show_group_description INTEGER,ephemeral_expiration INTEGER,last_read_ephemeral_message_row_id INTEGER,ephemeral_setting_timestamp INTEGER,unseen_important_message_count INTEGER NOT NULL DEFAULT 0,ephemeral_disappearing_messages_initiator INTEGER,group_type INTEGER NOT NULL DEFAULT 0,last_message_reaction_row_id INTEGER,last_seen_message_reaction_row_id INTEGER,unseen_message_reaction_count INTEGER,growth_lock_level INTEGER,growth_lock_expiration_ts INTEGER,last_read_message_sort_id INTEGER,display_message_sort_id INTEGER,last_message_sort_id INTEGER,last_read_receipt_sent_message_sort_id INTEGER,has_new_community_admin_dialog_been_acknowledged INTEGER NOT NULL DEFAULT 0,history_sync_progress INTEGER,ephemeral_displayed_exemptions INTEGER,chat_lock INTEGER);
CREATE TABLE message(_id INTEGER PRIMARY KEY AUTOINCREMENT,chat_row_id INTEGER NOT NULL,from_me INTEGER NOT NULL,key_id TEXT NOT NULL,sender_jid_row_id INTEGER,status INTEGER,broadcast INTEGER,recipient_count INTEGER,participant_hash TEXT,origination_flags INTEGER,origin INTEGER,timestamp INTEGER,received_timestamp INTEGER,receipt_server_timestamp INTEGER,message_type INTEGER,text_data TEXT,starred INTEGER,lookup_tables INTEGER,sort_id INTEGER NOT NULL DEFAULT 0,message_add_on_flags INTEGER,view_mode INTEGER,translated_text TEXT);
CREATE TABLE message_media(message_row_id INTEGER PRIMARY KEY,chat_row_id INTEGER,autotransfer_retry_enabled INTEGER,multicast_id TEXT,media_job_uuid TEXT,transferred INTEGER,transcoded INTEGER,file_path TEXT,file_size INTEGER,suspicious_content INTEGER,trim_from INTEGER,trim_to INTEGER,face_x INTEGER,face_y INTEGER,media_key BLOB,media_key_timestamp INTEGER,width INTEGER,height INTEGER,has_streaming_sidecar INTEGER,gif_attribution INTEGER,thumbnail_height_width_ratio REAL,direct_path TEXT,first_scan_sidecar BLOB,first_scan_length INTEGER,message_url TEXT,mime_type TEXT,file_length INTEGER,media_name TEXT,file_hash TEXT,media_duration INTEGER,page_count INTEGER,enc_file_hash TEXT,partial_media_hash TEXT,partial_media_enc_hash TEXT,is_animated_sticker INTEGER,original_file_hash TEXT,mute_video INTEGER DEFAULT 0,media_caption TEXT,media_upload_handle TEXT);
CREATE TABLE message_location(message_row_id INTEGER PRIMARY KEY,chat_row_id INTEGER,latitude REAL,longitude REAL,place_name TEXT,place_address TEXT,url TEXT,live_location_share_duration INTEGER,live_location_sequence_number INTEGER,live_location_final_latitude REAL,live_location_final_longitude REAL,live_location_final_timestamp INTEGER,map_download_status INTEGER);
CREATE TABLE message_add_on(_id INTEGER PRIMARY KEY AUTOINCREMENT,chat_row_id INTEGER,from_me INTEGER,key_id TEXT NOT NULL,sender_jid_row_id INTEGER,parent_message_row_id INTEGER,timestamp INTEGER,status INTEGER,message_add_on_type INTEGER,received_timestamp INTEGER);
CREATE TABLE message_add_on_reaction(message_add_on_row_id INTEGER PRIMARY KEY,reaction TEXT,sender_timestamp INTEGER);
CREATE TABLE message_edit_info(message_row_id INTEGER PRIMARY KEY,original_key_id TEXT NOT NULL,edited_timestamp INTEGER NOT NULL,sender_timestamp INTEGER NOT NULL);
CREATE TABLE message_revoked(message_row_id INTEGER PRIMARY KEY,revoked_key_id TEXT NOT NULL,admin_jid_row_id INTEGER,revoke_timestamp INTEGER);
CREATE TABLE message_quoted(message_row_id INTEGER PRIMARY KEY AUTOINCREMENT,chat_row_id INTEGER NOT NULL,parent_message_chat_row_id INTEGER NOT NULL,from_me INTEGER NOT NULL,sender_jid_row_id INTEGER,key_id TEXT NOT NULL,timestamp INTEGER,message_type INTEGER,origin INTEGER,text_data TEXT,payment_transaction_id TEXT,lookup_tables INTEGER);
CREATE TABLE message_forwarded(message_row_id INTEGER PRIMARY KEY,forward_score INTEGER,forward_origin INTEGER);
CREATE TABLE message_system(message_row_id INTEGER PRIMARY KEY,action_type INTEGER NOT NULL);
CREATE TABLE message_system_chat_participant(message_row_id INTEGER,user_jid_row_id INTEGER);
CREATE TABLE message_system_group(message_row_id INTEGER PRIMARY KEY,is_me_joined INTEGER);
CREATE TABLE message_system_number_change(message_row_id INTEGER PRIMARY KEY,old_jid_row_id INTEGER,new_jid_row_id INTEGER);
CREATE TABLE message_system_value_change(message_row_id INTEGER PRIMARY KEY,old_data TEXT);
CREATE TABLE message_vcard(_id INTEGER PRIMARY KEY AUTOINCREMENT,message_row_id INTEGER,vcard TEXT);
CREATE TABLE message_poll(message_row_id INTEGER PRIMARY KEY,enc_key BLOB,selectable_options_count INTEGER,invalid_state INTEGER,poll_type INTEGER);
CREATE TABLE message_poll_option(_id INTEGER PRIMARY KEY AUTOINCREMENT,message_row_id INTEGER,option_sha256_hash TEXT,option_name TEXT,vote_total INTEGER);
CREATE TABLE message_ephemeral(message_row_id INTEGER PRIMARY KEY,duration INTEGER NOT NULL,expire_timestamp INTEGER NOT NULL,keep_in_chat INTEGER NOT NULL DEFAULT 0);
CREATE TABLE message_mentions(_id INTEGER PRIMARY KEY AUTOINCREMENT,message_row_id INTEGER,jid_row_id INTEGER,display_name TEXT);
CREATE TABLE message_thumbnail(message_row_id INTEGER PRIMARY KEY,thumbnail BLOB);
CREATE TABLE receipt_user(_id INTEGER PRIMARY KEY AUTOINCREMENT,message_row_id INTEGER NOT NULL,receipt_user_jid_row_id INTEGER NOT NULL,receipt_timestamp INTEGER,read_timestamp INTEGER,played_timestamp INTEGER);
CREATE TABLE group_participant_user(_id INTEGER PRIMARY KEY AUTOINCREMENT,group_jid_row_id INTEGER NOT NULL,user_jid_row_id INTEGER NOT NULL,rank INTEGER,pending INTEGER,add_timestamp INTEGER,label TEXT);
CREATE TABLE group_past_participant_user(_id INTEGER PRIMARY KEY AUTOINCREMENT,group_jid_row_id INTEGER NOT NULL,user_jid_row_id INTEGER NOT NULL,is_leave INTEGER NOT NULL,timestamp INTEGER);
CREATE TABLE call_log(_id INTEGER PRIMARY KEY AUTOINCREMENT,jid_row_id INTEGER,from_me INTEGER,call_id TEXT,transaction_id INTEGER,timestamp INTEGER,video_call INTEGER,duration INTEGER,call_result INTEGER,bytes_transferred INTEGER,group_jid_row_id INTEGER NOT NULL DEFAULT 0,is_joinable_group_call INTEGER,call_creator_device_jid_row_id INTEGER NOT NULL DEFAULT 0,call_random_id TEXT,call_link_row_id INTEGER NOT NULL DEFAULT 0,is_dnd_mode_on INTEGER,call_type INTEGER,offer_silence_reason INTEGER,scheduled_id TEXT);
CREATE TABLE call_log_participant_v2(_id INTEGER PRIMARY KEY AUTOINCREMENT,call_log_row_id INTEGER,jid_row_id INTEGER,call_result INTEGER);
CREATE VIEW chat_view AS SELECT c._id AS _id,j.raw_string AS raw_string_jid,c.hidden AS hidden,c.subject AS subject,c.created_timestamp AS created_timestamp,c.sort_timestamp AS sort_timestamp,c.archived AS archived FROM chat c LEFT JOIN jid j ON c.jid_row_id=j._id;
CREATE TRIGGER message_bd_for_message_media_trigger BEFORE DELETE ON message BEGIN DELETE FROM message_media WHERE message_row_id=old._id; END;
CREATE TRIGGER message_bd_for_message_quoted_trigger BEFORE DELETE ON message BEGIN DELETE FROM message_quoted WHERE message_row_id=old._id; END;
CREATE TRIGGER message_bd_for_receipt_user_trigger BEFORE DELETE ON message BEGIN DELETE FROM receipt_user WHERE message_row_id=old._id; END;
'''

# Laid after the rows are in: sorting once is much faster than growing each index row by row.
INDEXES = '''
CREATE UNIQUE INDEX jid_raw_string_index ON jid(raw_string);
CREATE UNIQUE INDEX message_key_index ON message(chat_row_id,from_me,key_id,sender_jid_row_id);
CREATE INDEX message_sort_id_index ON message(chat_row_id,sort_id);
CREATE INDEX message_add_on_parent_index ON message_add_on(parent_message_row_id);
CREATE INDEX receipt_user_index ON receipt_user(message_row_id,receipt_user_jid_row_id);
CREATE UNIQUE INDEX group_participant_user_index ON group_participant_user(group_jid_row_id,user_jid_row_id);
'''

WA_SCHEMA = '''
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE wa_contacts(_id INTEGER PRIMARY KEY AUTOINCREMENT,jid TEXT NOT NULL,is_whatsapp_user BOOLEAN NOT NULL,status TEXT,status_timestamp INTEGER,number TEXT,raw_contact_id INTEGER,display_name TEXT,phone_type INTEGER,phone_label TEXT,unseen_msg_count INTEGER,photo_ts INTEGER,thumb_ts INTEGER,photo_id_timestamp INTEGER,given_name TEXT,family_name TEXT,wa_name TEXT,sort_name TEXT,nickname TEXT,company TEXT,title TEXT,status_autodownload_disabled INTEGER,keep_timestamp INTEGER,is_spam_reported INTEGER,is_sidelist_synced BOOLEAN DEFAULT 0,is_business_synced BOOLEAN DEFAULT 0,disappearing_mode_duration INTEGER,disappearing_mode_timestamp LONG,history_sync_initial_phash TEXT,is_starred BOOLEAN);
CREATE TABLE wa_group_admin_settings(_id INTEGER PRIMARY KEY AUTOINCREMENT,jid TEXT NOT NULL,restrict_mode INTEGER,announcement_group INTEGER,creator_jid TEXT,in_app_support INTEGER);
CREATE TABLE wa_block_list(jid TEXT PRIMARY KEY NOT NULL);
CREATE TABLE wa_vnames(_id INTEGER PRIMARY KEY AUTOINCREMENT,jid TEXT NOT NULL,serial INTEGER NOT NULL,issuer TEXT NOT NULL,expires INTEGER,verified_name TEXT NOT NULL,industry TEXT,city TEXT,country TEXT,verified_level INTEGER);
'''


def media_path(package, profile, kind, at, n):
    """The path in message_media (relative to .../WhatsApp/) and the path in the evidence."""
    folder, stem, ending = FOLDER[kind]
    product = 'WhatsApp Business' if package.endswith('w4b') else 'WhatsApp'
    relative = 'Media/%s/%s-%s-WA%04d.%s' % (folder.replace('WhatsApp', product), stem,
                                             time.strftime('%Y%m%d', time.gmtime(at // 1000)), n, ending)
    return relative, 'data/media/%s/Android/media/%s/%s/%s' % (profile, package, product, relative)


class Msgstore:
    """One msgstore.db with its wa.db, settings and media."""

    def __init__(self, phone, profile='0', package='com.whatsapp', owner=None, lid_every=5):
        self.phone, self.profile, self.package, self.app = phone, profile, package, NAMES[package]
        self.owner = owner or phone.world.owner
        self.rng, self.truth = phone.world.rng, phone.truth
        self.base = data_dir(profile, package)
        self.path = self.base + '/databases/msgstore.db'
        self.db = Database(phone.tree, self.path, SCHEMA, phone.mtime, user_version=1)
        self.jids, self.chat_rows, self.lid_every, self.lids = {}, {}, lid_every, {}
        self.jid(self.owner.jid)
        self.side = {name: [] for name in ('message_media', 'message_location', 'message_edit_info', 'message_revoked',
                                           'message_quoted', 'message_forwarded', 'message_vcard', 'receipt_user',
                                           'message_ephemeral', 'message_system', 'message_system_chat_participant',
                                           'message_poll', 'message_poll_option')}
        self.reactions, self.row, self.media_n = [], 0, 0
        self.gone, self.gone_in_wal, self.edits_in_wal = [], [], []
        self.previous = {}

    def jid(self, raw):
        row = self.jids.get(raw)
        if row is None:
            user, server = raw.split('@')
            row = self.jids[raw] = self.db.insert('jid', user=user, server=server, agent=0, device=0,
                                                  type={'g.us': 1, 'lid': 18}.get(server, 0), raw_string=raw)
        return row

    def person_jid(self, person):
        """The row that messages of this person point to: a LID row for some, which jid_map leads to the number."""
        known = self.lids.get(person.number)
        if known:
            return known
        row, raw = self.jid(person.jid), person.jid
        if self.lid_every and int(person.digits) % self.lid_every == 0:
            raw = '%015d@lid' % (int(person.digits) * 8191 % 10 ** 15)
            lid = self.jid(raw)
            mapped = int(person.digits) % (self.lid_every * 11) != 0   # a few LIDs have no mapping yet
            if mapped:
                self.db.execute('INSERT INTO jid_map VALUES(?,?,?)', (lid, row, lid))
            row, who = lid, person.number if mapped else raw
        else:
            who = person.number
        known = self.lids[person.number] = (row, raw, who)
        return known

    def chat_row(self, chat):
        known = self.chat_rows.get(chat.index)
        if known:
            return known
        if chat.peer is not None:
            jid_row, raw, name = self.person_jid(chat.peer)
            thread_type, participants = 'one-to-one', [name]
        else:
            raw = chat.group_jid
            jid_row, thread_type = self.jid(raw), 'group'
            participants = []
            for rank, person in enumerate(chat.members):
                p_row, _, number = self.person_jid(person)
                participants.append(number)
                self.db.insert('group_participant_user', group_jid_row_id=jid_row, user_jid_row_id=p_row,
                               rank=1 if rank == 0 else 0, pending=0, add_timestamp=chat.created or None)
            self.db.insert('group_participant_user', group_jid_row_id=jid_row, user_jid_row_id=1, rank=0, pending=0)
        created = chat.created or None
        archived = int(chat.index % 9 == 8)
        row = self.db.insert('chat', jid_row_id=jid_row, hidden=0, subject=chat.name, created_timestamp=created,
                             archived=archived, group_type=0, spam_detection=1)
        self.note('thread', 'chat', row, thread=raw, name=chat.name,
                  type=thread_type, participants=participants, created_at=iso(created), archived=bool(archived))
        known = self.chat_rows[chat.index] = (row, raw)
        return known

    def _rows(self, messages):
        """Turns messages into rows of `message`, fills the side tables' lists and writes the truth of the live ones."""
        esc = json.encoder.encode_basestring
        jids, own, count = self.lids, self.owner.number, self.truth.count
        write = self.truth.file.write
        head = '{"kind":"message","app":%s,"profile":"%s","file":%s,"table":"message","row":%%d,"state":"live"' % (
            esc(self.app), self.profile, esc(self.path))
        blank_key = hashlib.sha256((self.path + str(self.owner.number)).encode()).hexdigest()[:10].upper()
        for m in messages:
            self.row = row = self.row + 1
            chat_row, thread = self.chat_rows.get(m.chat.index) or self.chat_row(m.chat)
            sender = m.sender
            if sender is None:
                sender_row, who, from_me, status = 0, own, 1, 13
            else:
                known = jids.get(sender.number) or self.person_jid(sender)
                sender_row, who, from_me, status = (known[0] if m.chat.peer is None else 0), known[2], 0, 0
            key = '3EB0%s%08X' % (blank_key, row * 2654435761 & 0xffffffff)
            at, received = m.at, m.at + 300 + row % 1700
            kind, body, extra = m.kind, m.body, m.extra
            if kind == 'system':
                from_me, status = 1, 6
            elif kind == 'revoked':
                body = None
            if m.how in ('deleted', 'wal-deleted'):
                (self.gone if m.how == 'deleted' else self.gone_in_wal).append((row, m, thread, who, key))
            elif not extra and kind == 'text':
                write('%s,"thread":"%s","sender":"%s","direction":"%s","type":"text","body":%s,"sent_at":"%s"%s}\n' % (
                    head % row, thread, who, 'out' if from_me else 'in', esc(body), iso(at),
                    ',"where":"wal"' if m.how else ''))
                count['message'] = count.get('message', 0) + 1
            else:
                self._special(row, m, chat_row, thread, who, from_me, sender_row, key, body)
            if extra.get('quote') or kind == 'text':
                self.previous[m.chat.index] = (key, from_me, sender_row, at, body)
            if from_me and row % 4 == 0 and m.chat.peer is not None:
                peer = self.lids.get(m.chat.peer.number)
                if peer:
                    self.side['receipt_user'].append((row, peer[0], at + 2000, at + 60000))
            yield (row, chat_row, from_me, key, sender_row, status, 0, 0, at, 0 if from_me else received,
                   at + 900 if from_me else -1, TYPES[kind], extra.get('before_edit', body), int(row % 499 == 0), row,
                   1 if extra.get('reactions') else 0)

    def _special(self, row, m, chat_row, thread, who, from_me, sender_row, key, body):
        x, side, fields, at = m.extra, self.side, {}, m.at
        if 'media' in x or 'item' in x:
            item, relative, name = x.get('item'), x.get('relative'), None
            if item is None:
                self.media_n += 1
                relative, full = media_path(self.package, self.profile, x['media'], at, self.media_n % 10000)
                if full in self.phone.tree.entries:
                    full = full.replace('-WA', '-%d-WA' % row)
                    relative = relative.replace('-WA', '-%d-WA' % row)
                item = self.phone.library.new(x['media'], full, at, self.package)
            if item.kind == 'document':
                name = 'visiting order.pdf'
            digest = hashlib.sha256(item.path.encode()).digest()
            side['message_media'].append((row, chat_row, 1, 0, relative, item.size, digest, item.width or 0,
                                          item.height or 0, item.mime, item.size, name, item.sha256[:43] + '=',
                                          item.duration or 0, body if item.kind != 'document' else None))
            fields.update(attachment=relative, attachment_file=item.path if item.present else None,
                          attachment_type=item.mime, attachment_size=item.size, attachment_name=name)
        if 'latitude' in x:
            side['message_location'].append((row, chat_row, x['latitude'], x['longitude'], x.get('place')))
            fields.update(latitude=x['latitude'], longitude=x['longitude'], place=x.get('place'))
            self.note('location', 'message_location', row, latitude=x['latitude'], longitude=x['longitude'], at=iso(at))
        if 'vcard' in x:
            p = x['vcard']
            card = 'BEGIN:VCARD\nVERSION:3.0\nN:%s;%s;;;\nFN:%s\nTEL;type=Mobile;waid=%s:%s\nEND:VCARD' % (
                p.last or '', p.first, p.name, p.digits, p.number)
            side['message_vcard'].append((row, card))
            fields.update(contact_name=p.name, contact_number=p.number)
        if 'edited' in x:
            side['message_edit_info'].append((row, '3EB0FF%s' % key[6:], x['edited'], x['edited'] - 400))
            fields['edited_at'] = iso(x['edited'])
            if x.get('before') and m.how is None:   # the old wording stays in the database file, the new is in the WAL
                self.edits_in_wal.append((row, body))
                self.truth.add('message', self.app, self.profile, self.path, 'message', row, state='superseded',
                               thread=thread, sender=who, direction='out' if from_me else 'in', type='text',
                               body=x['before'], sent_at=iso(at), where='database under wal')
                x['before_edit'] = x['before']
        if 'revoked' in x:
            side['message_revoked'].append((row, '3EB0EE%s' % key[6:], None, x['revoked']))
            fields['revoked_at'] = iso(x['revoked'])
        if x.get('quote'):
            q = self.previous.get(m.chat.index)
            if q:
                side['message_quoted'].append((row, chat_row, chat_row, q[1], q[2], q[0], q[3], 0, q[4]))
                fields['reply_to'] = q[0]
        if 'forwarded' in x:
            side['message_forwarded'].append((row, x['forwarded'], 0))
            fields['forwarded'] = True
        if 'expires' in x:
            side['message_ephemeral'].append((row, x['expires'], at + x['expires'] * 1000, 0))
            fields['disappears_after'] = x['expires']
        if 'action' in x:
            side['message_system'].append((row, x['action']))
            if x.get('participant'):
                side['message_system_chat_participant'].append((row, self.person_jid(x['participant'])[0]))
        if 'poll' in x:
            side['message_poll'].append((row, 1))
            side['message_poll_option'].extend((row, name, votes) for name, votes in x['poll'])
        for actor, value, when in x.get('reactions', ()):
            known = (1, self.owner.jid, self.owner.number) if actor is None else self.person_jid(actor)
            self.reactions.append((chat_row, int(actor is None), known, row, key, value, when, thread))
        self.note('message', 'message', row, thread=thread, sender=None if m.kind == 'system' else who,
                  direction='system' if m.kind == 'system' else 'out' if from_me else 'in',
                  type='text' if m.kind == 'revoked' else m.kind,
                  body=body, sent_at=iso(at), **fields)

    def note(self, kind, table, row, **fields):
        """The truth of one live row."""
        self.truth.add(kind, self.app, self.profile, self.path, table, row,
                       where='wal' if self.db.in_wal else None, **fields)

    INSERT = ('INSERT INTO message(_id,chat_row_id,from_me,key_id,sender_jid_row_id,status,broadcast,recipient_count,'
              'timestamp,received_timestamp,receipt_server_timestamp,message_type,text_data,starred,sort_id,'
              'message_add_on_flags) VALUES(' + ','.join('?' * 16) + ')')
    SIDE = {'message_media': 'message_row_id,chat_row_id,transferred,transcoded,file_path,file_size,media_key,width,height,'
                             'mime_type,file_length,media_name,file_hash,media_duration,media_caption',
            'message_location': 'message_row_id,chat_row_id,latitude,longitude,place_name',
            'message_edit_info': 'message_row_id,original_key_id,edited_timestamp,sender_timestamp',
            'message_revoked': 'message_row_id,revoked_key_id,admin_jid_row_id,revoke_timestamp',
            'message_quoted': 'message_row_id,chat_row_id,parent_message_chat_row_id,from_me,sender_jid_row_id,key_id,'
                              'timestamp,message_type,text_data',
            'message_forwarded': 'message_row_id,forward_score,forward_origin',
            'message_vcard': 'message_row_id,vcard',
            'receipt_user': 'message_row_id,receipt_user_jid_row_id,receipt_timestamp,read_timestamp',
            'message_ephemeral': 'message_row_id,duration,expire_timestamp,keep_in_chat',
            'message_system': 'message_row_id,action_type',
            'message_system_chat_participant': 'message_row_id,user_jid_row_id',
            'message_poll': 'message_row_id,selectable_options_count',
            'message_poll_option': 'message_row_id,option_name,vote_total'}

    def _flush(self):
        for table, rows in self.side.items():
            columns = self.SIDE[table]
            self.db.executemany('INSERT INTO %s(%s) VALUES(%s)' % (table, columns, ','.join('?' * len(columns.split(',')))),
                                rows)
            rows.clear()
        for chat_row, from_me, (jid_row, _, who), parent, key, value, when, thread in self.reactions:
            row = self.db.insert('message_add_on', chat_row_id=chat_row, from_me=from_me, key_id='3EB0AD' + key[6:],
                                 sender_jid_row_id=None if from_me else jid_row, parent_message_row_id=parent,
                                 timestamp=when, status=0, message_add_on_type=56, received_timestamp=when + 500)
            self.db.insert('message_add_on_reaction', message_add_on_row_id=row, reaction=value, sender_timestamp=when)
            self.note('reaction', 'message_add_on_reaction', row, message=key, actor=who, value=value, at=iso(when),
                      thread=thread)
        self.reactions.clear()

    def write(self, messages, calls=()):
        """`messages` oldest first; those with how == 'wal' must be the newest."""
        late = []

        def early():
            for m in messages:
                if m.how == 'wal':
                    late.append(m)
                    late.extend(messages)
                    return
                yield m
        self.db.executemany(self.INSERT, self._rows(early()))
        self._flush()
        self.calls(calls)
        self.db.execute('INSERT INTO props(key,value) VALUES(?,?)', ('user_push_name', self.owner.first))
        for statement in INDEXES.strip().split('\n'):
            self.db.execute(statement)
        self.db.executemany('UPDATE chat SET sort_timestamp=? WHERE _id=?',
                            [(last[3], self.chat_rows[chat][0]) for chat, last in self.previous.items()])
        self._delete(self.gone)
        self.db.to_wal()
        self._delete(self.gone_in_wal)
        self.db.commit()
        self.db.executemany('UPDATE message SET text_data=? WHERE _id=?', [(body, row) for row, body in self.edits_in_wal])
        self.db.commit()
        batch = max(5, len(late) // 20)
        for i in range(0, len(late), batch):   # several commits, as a phone makes them
            self.db.executemany(self.INSERT, self._rows(late[i:i + batch]))
            self._flush()
            self.db.commit()
        self._truth_of_deleted()
        self.db.finish()
        self._settings()

    def _delete(self, gone):
        self.db.executemany('DELETE FROM message WHERE _id=?', [(row,) for row, *_ in gone])

    def _truth_of_deleted(self):
        everything = sorted(self.gone + self.gone_in_wal, key=lambda g: g[0])
        found = still_there(self.db.raw(), [(g[0], g[1].body) for g in everything])
        wal = {g[0] for g in self.gone_in_wal}
        for row, m, thread, who, _ in everything:
            if row in found:
                self.truth.add('message', self.app, self.profile, self.path, 'message', row, state='deleted', thread=thread,
                               sender=who, direction='out' if m.sender is None else 'in', type=m.kind, body=m.body,
                               sent_at=iso(m.at), where='database under wal' if row in wal else 'database')

    def calls(self, calls):
        """Each call: (person, from_me, at, seconds, video, group chat or None)."""
        for i, (person, from_me, at, seconds, video, group) in enumerate(calls):
            jid_row, raw, who = self.person_jid(person)
            group_row = self.jid(group.group_jid) if group else 0
            row = self.db.insert('call_log', jid_row_id=jid_row, from_me=int(from_me),
                                 call_id='call:%032X' % (at * 7919 + i), transaction_id=-1, timestamp=at,
                                 video_call=int(video), duration=seconds, call_result=5 if seconds else 2,
                                 bytes_transferred=seconds * 4000, group_jid_row_id=group_row, call_type=0)
            self.truth.add('call', self.app, self.profile, self.path, 'call_log', row,
                           direction='out' if from_me else 'in', peer=who, started_at=iso(at), duration=seconds,
                           answered=bool(seconds), video=bool(video), thread=group.group_jid if group else None)

    def contacts(self, people, groups=()):
        """wa.db. Not called for the profile whose wa.db is absent."""
        path = self.base + '/databases/wa.db'
        db = Database(self.phone.tree, path, WA_SCHEMA, self.phone.mtime, user_version=1)
        for i, p in enumerate(people):
            name = dict(display_name=p.name, given_name=p.first, family_name=p.last) if p.contact else {}
            status = 'At work' if i % 5 == 0 else 'Hey there! I am using WhatsApp.'
            row = db.insert('wa_contacts', jid=p.jid, is_whatsapp_user=1, status=status, number=p.number,
                            raw_contact_id=i + 1 if p.contact else -1, phone_type=2, wa_name=p.first or p.handle,
                            unseen_msg_count=0, is_starred=int(i % 17 == 3), **name)
            self.truth.add('contact', self.app, self.profile, path, 'wa_contacts', row,
                           name=p.name or p.first or p.handle, selectors=[p.number], note=status, starred=i % 17 == 3)
        for chat in groups:
            db.insert('wa_contacts', jid=chat.group_jid, is_whatsapp_user=1, display_name=chat.name)
            db.insert('wa_group_admin_settings', jid=chat.group_jid, restrict_mode=0, announcement_group=0,
                      creator_jid=chat.members[0].jid)
        db.finish()

    def _settings(self):
        o, base = self.owner, self.base + '/shared_prefs/'
        self.phone.tree.add(base + self.package + '_preferences_light.xml', '''<?xml version='1.0' encoding='utf-8' standalone='yes' ?>
<map>
    <string name="cc">%s</string>
    <string name="ph">%s</string>
    <string name="push_name">%s</string>
    <string name="registration_jid">%s</string>
    <string name="my_current_status">Busy</string>
    <string name="version">2.24.3.81</string>
</map>
''' % (o.digits[:2], o.digits[2:], o.first, o.digits), self.phone.mtime)
        self.truth.add('account', self.app, self.profile, base + self.package + '_preferences_light.xml', None, None,
                       service=self.app, phone=o.number, user_id=o.jid, display_name=o.first)
