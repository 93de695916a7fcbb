"""TikTok, Snapchat and Instagram for Android."""

import json

from .database import Database, still_there
from .protobuf import field
from .truth import iso


def _in_chats(messages):
    """One-to-one messages only, as these apps' simplest case; text where there is no other body."""
    for m in messages:
        if m.chat.peer is not None:
            yield m, m.chat.peer, m.sender is None, m.body or 'photo'


# --- TikTok ---------------------------------------------------------------------------------------------------------

TIKTOK_IM = '''
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE msg(msg_uuid TEXT PRIMARY KEY,msg_server_id INTEGER,conversation_id TEXT,conversation_short_id INTEGER,conversation_type INTEGER,type INTEGER,index_in_conversation INTEGER,order_index INTEGER,status INTEGER,net_status INTEGER,version INTEGER,deleted INTEGER,created_time INTEGER,sender INTEGER,sec_sender TEXT,content TEXT,local_info TEXT,read_status INTEGER,sender_info TEXT,svr_status INTEGER);
CREATE TABLE conversation_list(conversation_id TEXT PRIMARY KEY,short_id INTEGER,type INTEGER,ticket TEXT,inbox INTEGER,updated_time INTEGER,unread_count INTEGER,read_index INTEGER,last_msg_index INTEGER,status INTEGER,participant TEXT);
CREATE TABLE participant(user_id INTEGER,sec_uid TEXT,sort_order INTEGER,role INTEGER,alias TEXT,conversation_id TEXT);
CREATE INDEX msg_conversation ON msg(conversation_id,index_in_conversation);
'''
TIKTOK_USERS = '''
CREATE TABLE SIMPLE_USER(UID TEXT PRIMARY KEY,SHORT_ID TEXT,UNIQUE_ID TEXT,NICK_NAME TEXT,SIGNATURE TEXT,AVATAR_THUMB TEXT,FOLLOW_STATUS INTEGER,CUSTOM_VERIFY TEXT,INITIAL_LETTER TEXT,SORT_WEIGHT TEXT);
'''


def tiktok(phone, messages, posts=()):
    """`posts`: (at, text, url, item of the library): what the owner put up."""
    owner, base = phone.world.owner, 'data/data/com.zhiliaoapp.musically/'
    path = '%sdatabases/%s_im.db' % (base, owner.user_id)
    db, truth, gone, seen, n = Database(phone.tree, path, TIKTOK_IM, phone.mtime), phone.truth, [], {}, 0
    for m, peer, out, body in _in_chats(messages):
        n += 1
        conversation = '0:1:%s:%s' % (min(owner.user_id, peer.user_id), max(owner.user_id, peer.user_id))
        if conversation not in seen:
            seen[conversation] = peer
            db.insert('conversation_list', conversation_id=conversation, short_id=7000000000000000000 + n, type=1, status=0,
                      participant='%s,%s' % (owner.user_id, peer.user_id), updated_time=m.at)
            for p in (owner, peer):
                db.insert('participant', user_id=int(p.user_id), sec_uid='MS4wLjAB' + p.handle, conversation_id=conversation)
        if m.extra.get('share'):
            kind, content = 8, {'aweType': 800, 'itemId': '7300000000000%06d' % n, 'content_title': body, 'uid': peer.user_id,
                                'cover_url': {'url_list': ['https://p16.example.org/%d.jpeg' % n]}}
        else:
            kind, content = 7, {'aweType': 700, 'text': body}
        row = db.insert('msg', msg_uuid='%08x-%04x-4000-8000-%012x' % (n, n % 65536, m.at), msg_server_id=7300000000000000000 + n,
                        conversation_id=conversation, conversation_type=1, type=kind, index_in_conversation=n, order_index=n,
                        status=5, deleted=0, created_time=m.at, sender=int(owner.user_id if out else peer.user_id),
                        sec_sender='MS4wLjAB', content=json.dumps(content, ensure_ascii=False, separators=(',', ':')), read_status=1)
        fields = dict(account=owner.user_id, thread=conversation, sender=owner.user_id if out else peer.user_id,
                      direction='out' if out else 'in', type='video' if kind == 8 else 'text', body=body, sent_at=iso(m.at))
        if m.how in ('deleted', 'wal-deleted'):
            gone.append((row, json.dumps(body, ensure_ascii=False), fields))
        else:
            truth.add('message', 'TikTok', '0', path, 'msg', row, **fields)
    db.executemany('DELETE FROM msg WHERE rowid=?', [(g[0],) for g in gone])
    found = still_there(db.raw(), [(g[0], g[1]) for g in gone])
    for row, _, fields in gone:
        if row in found:
            truth.add('message', 'TikTok', '0', path, 'msg', row, state='deleted', where='database', **fields)
    db.finish()
    users = base + 'databases/db_im_xx'
    db = Database(phone.tree, users, TIKTOK_USERS, phone.mtime)
    for p in seen.values():
        avatar = json.dumps({'url_list': ['https://p16.example.org/avatar/%s.jpeg' % p.handle]}, separators=(',', ':'))
        row = db.insert('SIMPLE_USER', UID=p.user_id, SHORT_ID='0', UNIQUE_ID=p.handle, NICK_NAME=p.first or p.handle,
                        AVATAR_THUMB=avatar, FOLLOW_STATUS=2)
        truth.add('contact', 'TikTok', '0', users, 'SIMPLE_USER', row, name=p.first or p.handle, selectors=[p.user_id, p.handle])
    db.finish()
    prefs = base + 'shared_prefs/aweme_user.xml'
    user = {'uid': owner.user_id, 'unique_id': owner.handle, 'nickname': owner.first, 'bind_phone': owner.number,
            'email': owner.email, 'follower_count': 214, 'aweme_count': len(posts)}
    phone.tree.add(prefs, "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n    <string name=\"%s_aweme_user_info\">%s"
                   '</string>\n    <string name="current_foreground_uid">%s</string>\n</map>\n' %
                   (owner.user_id, json.dumps(user).replace('"', '&quot;'), owner.user_id), phone.mtime)
    truth.add('account', 'TikTok', '0', prefs, None, None, service='TikTok', user_id=owner.user_id, handle=owner.handle,
              display_name=owner.first, phone=owner.number, email=owner.email)


# --- Snapchat -------------------------------------------------------------------------------------------------------

ARROYO = '''
CREATE TABLE conversation(client_conversation_id TEXT NOT NULL PRIMARY KEY,source_page INTEGER,version_id INTEGER,conversation_metadata BLOB,sync_watermark INTEGER,conversation_type INTEGER,creation_timestamp INTEGER);
CREATE TABLE conversation_message(client_conversation_id TEXT NOT NULL,client_message_id INTEGER NOT NULL,server_message_id INTEGER,client_resolution_id INTEGER,local_message_content_id TEXT,message_content BLOB,message_state_type INTEGER,creation_timestamp INTEGER,read_timestamp INTEGER,local_message_references BLOB,is_saved INTEGER,is_viewed_by_user INTEGER,remote_media_count INTEGER,sender_id TEXT,content_type INTEGER,created_on_device INTEGER,PRIMARY KEY(client_conversation_id,client_message_id));
CREATE TABLE feed_entry(client_conversation_id TEXT PRIMARY KEY,version_id INTEGER,display_timestamp INTEGER,display_name TEXT,last_updated_timestamp INTEGER);
CREATE TABLE required_values(key TEXT PRIMARY KEY,value TEXT);
'''
SNAP_MAIN = '''
CREATE TABLE Friend (_id INTEGER PRIMARY KEY AUTOINCREMENT,username TEXT UNIQUE,userId TEXT,displayName TEXT,serverDisplayName TEXT,phone TEXT,birthday INTEGER,addedTimestamp INTEGER,reverseAddedTimestamp INTEGER,friendLinkType INTEGER,streakLength INTEGER,streakExpiration INTEGER,isBlocked INTEGER,score INTEGER);
CREATE TABLE Feed (_id INTEGER PRIMARY KEY AUTOINCREMENT,key TEXT UNIQUE,specifiedName TEXT,participantString TEXT,lastInteractionTimestamp INTEGER,lastReadTimestamp INTEGER);
'''


def snapchat(phone, messages):
    owner, base = phone.world.owner, 'data/data/com.snapchat.android/'
    path = base + 'databases/arroyo.db'
    db, truth, gone, seen, late = Database(phone.tree, path, ARROYO, phone.mtime), phone.truth, [], {}, []

    def put(m, peer, out, body):
        conversation = '%s-%s' % (peer.uuid[:18], owner.uuid[19:])
        if conversation not in seen:
            seen[conversation] = [peer, 0]
            people = [field(3, [field(1, [field(1, bytes.fromhex(p.uuid.replace('-', '')))])]) for p in (owner, peer)]
            db.insert('conversation', client_conversation_id=conversation, version_id=1, conversation_type=0,
                      conversation_metadata=field(1, [field(1, bytes.fromhex(conversation.replace('-', '')))]) + b''.join(people),
                      creation_timestamp=m.at)
            db.insert('feed_entry', client_conversation_id=conversation, version_id=1, display_timestamp=m.at, display_name=peer.first)
        seen[conversation][1] += 1
        n = seen[conversation][1]
        sender = owner if out else peer
        if m.kind == 'image':
            content, kind = field(4, [field(4, [field(3, [field(3, [field(5, 'https://cf-st.example.org/d/%d' % m.at)])])])]), 2
            body = None
        else:
            content, kind = field(4, [field(4, [field(2, [field(1, body)])])]), 1
        content = field(1, [field(1, bytes.fromhex(sender.uuid.replace('-', '')))]) + field(2, n) + content
        row = db.insert('conversation_message', client_conversation_id=conversation, client_message_id=n, server_message_id=n,
                        message_content=content, message_state_type='COMMITTED', creation_timestamp=m.at,
                        read_timestamp=m.at + 5000, is_saved=int(n % 6 == 0), is_viewed_by_user=1, remote_media_count=kind - 1,
                        sender_id=sender.uuid, content_type=kind, created_on_device=int(out))
        fields = dict(account=owner.uuid, thread=conversation, sender=sender.uuid, direction='out' if out else 'in',
                      type='text' if kind == 1 else 'image', body=body, sent_at=iso(m.at), read_at=iso(m.at + 5000))
        if m.how in ('deleted', 'wal-deleted') and body:
            gone.append((row, body, fields))
        else:
            truth.add('message', 'Snapchat', '0', path, 'conversation_message', row, where='wal' if db.in_wal else None, **fields)
    for args in _in_chats(messages):
        if args[0].how == 'wal':
            late.append(args)
        else:
            put(*args)
    db.to_wal()   # Snapchat clears messages as they are read: some rows are left only in the file, some only in the WAL
    db.executemany('DELETE FROM conversation_message WHERE rowid=?', [(g[0],) for g in gone])
    db.commit()
    for args in late:
        put(*args)
        db.commit()
    found = still_there(db.raw(), [(g[0], g[1]) for g in gone])
    for row, _, fields in gone:
        if row in found:
            truth.add('message', 'Snapchat', '0', path, 'conversation_message', row, state='deleted',
                      where='database under wal', **fields)
    db.finish()
    main = base + 'databases/main.db'
    db = Database(phone.tree, main, SNAP_MAIN, phone.mtime)
    for peer, _ in seen.values():
        row = db.insert('Friend', username=peer.handle, userId=peer.uuid, displayName=peer.name or peer.handle,
                        phone=peer.number if peer.contact else None, addedTimestamp=phone.world.start, isBlocked=0, streakLength=4)
        truth.add('contact', 'Snapchat', '0', main, 'Friend', row, name=peer.name or peer.handle, blocked=False,
                  selectors=[peer.uuid, peer.handle] + ([peer.number] if peer.contact else []))
    db.finish()
    prefs = base + 'shared_prefs/user_session_shared_pref.xml'
    phone.tree.add(prefs, "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n    <string name=\"key_user_id\">%s</string>"
                   '\n    <string name="key_username">%s</string>\n</map>\n' % (owner.uuid, owner.handle), phone.mtime)
    truth.add('account', 'Snapchat', '0', prefs, None, None, service='Snapchat', user_id=owner.uuid, handle=owner.handle)


# --- Instagram ------------------------------------------------------------------------------------------------------

DIRECT = '''
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE session (_id INTEGER PRIMARY KEY AUTOINCREMENT,user_id TEXT NOT NULL UNIQUE,sequence_id INTEGER);
CREATE TABLE threads (_id INTEGER PRIMARY KEY AUTOINCREMENT,user_id TEXT NOT NULL,thread_id TEXT UNIQUE,recipient_ids TEXT,last_activity_time INTEGER,is_permitted INTEGER,thread_info TEXT NOT NULL);
CREATE TABLE messages (_id INTEGER PRIMARY KEY AUTOINCREMENT,user_id TEXT NOT NULL,server_item_id TEXT,client_item_id TEXT,thread_id TEXT,recipient_ids TEXT,timestamp INTEGER,message_type TEXT,text TEXT,message TEXT NOT NULL);
'''


def instagram(phone, messages):
    owner, base = phone.world.owner, 'data/data/com.instagram.android/'
    path = base + 'databases/direct.db'
    db, truth, gone, seen, n = Database(phone.tree, path, DIRECT, phone.mtime), phone.truth, [], {}, 0
    db.insert('session', user_id=owner.short_id, sequence_id=1)
    dumps = lambda o: json.dumps(o, ensure_ascii=False, separators=(',', ':'))
    for m, peer, out, body in _in_chats(messages):
        n += 1
        thread = '3402823668417103%s' % peer.short_id
        if thread not in seen:
            seen[thread] = peer
            user = {'pk': peer.short_id, 'username': peer.handle, 'full_name': peer.name, 'profile_pic_url': ''}
            row = db.insert('threads', user_id=owner.short_id, thread_id=thread, recipient_ids=peer.short_id,
                            last_activity_time=m.at * 1000, is_permitted=1,
                            thread_info=dumps({'thread_id': thread, 'recipients': [user], 'users': [user], 'inviter': user, 'thread_title': peer.handle}))
            truth.add('thread', 'Instagram', '0', path, 'threads', row, account=owner.short_id, thread=thread, name=peer.handle,
                      type='one-to-one', participants=[peer.short_id])
        sender = owner.short_id if out else peer.short_id
        item = '30%020d' % (m.at * 31 + n)
        message = {'item_id': item, 'user_id': sender, 'timestamp': str(m.at * 1000), 'item_type': 'text', 'text': body}
        kind = 'text'
        if m.kind == 'image':
            kind, message['item_type'] = 'media', 'media'
            message['media'] = {'media_type': 1, 'image_versions2': {'candidates': [{'url': 'https://scontent.example.org/%d.jpg' % n}]}}
            body = None
            message.pop('text')
        row = db.insert('messages', user_id=owner.short_id, server_item_id=item, thread_id=thread, recipient_ids=peer.short_id,
                        timestamp=m.at * 1000, message_type=kind, text=body, message=dumps(message))
        fields = dict(account=owner.short_id, thread=thread, sender=sender, direction='out' if out else 'in',
                      type='image' if kind == 'media' else 'text', body=body, sent_at=iso(m.at))
        if m.how in ('deleted', 'wal-deleted') and body:
            gone.append((row, body, fields))
        else:
            truth.add('message', 'Instagram', '0', path, 'messages', row, **fields)
    db.executemany('DELETE FROM messages WHERE _id=?', [(g[0],) for g in gone])
    found = still_there(db.raw(), [(g[0], g[1]) for g in gone])
    for row, _, fields in gone:
        if row in found:
            truth.add('message', 'Instagram', '0', path, 'messages', row, state='deleted', where='database', **fields)
    db.finish()
    prefs = base + 'shared_prefs/com.instagram.android_preferences.xml'
    me = {'id': owner.short_id, 'username': owner.handle, 'full_name': owner.name, 'phone_number': owner.number, 'biography': 'free soon'}
    phone.tree.add(prefs, "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<map>\n    <string name=\"current\">%s</string>\n</map>\n"
                   % dumps(me).replace('"', '&quot;'), phone.mtime)
    truth.add('account', 'Instagram', '0', prefs, None, None, service='Instagram', user_id=owner.short_id, handle=owner.handle,
              display_name=owner.name, phone=owner.number)
