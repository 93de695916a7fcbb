"""MediaStore (external.db): every media file under /storage/emulated/0, and who saved it."""

from .database import Database
from .library import on_phone
from .truth import iso

SCHEMA = '''
CREATE TABLE local_metadata (generation INTEGER DEFAULT 0);
INSERT INTO local_metadata VALUES (0);
CREATE TABLE android_metadata (locale TEXT);
CREATE TABLE thumbnails (_id INTEGER PRIMARY KEY,_data TEXT,image_id INTEGER,kind INTEGER,width INTEGER,height INTEGER);
CREATE TABLE files (_id INTEGER PRIMARY KEY AUTOINCREMENT,_data TEXT UNIQUE COLLATE NOCASE,_size INTEGER,format INTEGER,parent INTEGER,date_added INTEGER,date_modified INTEGER,mime_type TEXT,title TEXT,description TEXT,_display_name TEXT,picasa_id TEXT,orientation INTEGER,latitude DOUBLE,longitude DOUBLE,datetaken INTEGER,mini_thumb_magic INTEGER,bucket_id TEXT,bucket_display_name TEXT,isprivate INTEGER,title_key TEXT,artist_id INTEGER,album_id INTEGER,composer TEXT,track INTEGER,year INTEGER CHECK(year!=0),is_ringtone INTEGER,is_music INTEGER,is_alarm INTEGER,is_notification INTEGER,is_podcast INTEGER,album_artist TEXT,duration INTEGER,bookmark INTEGER,artist TEXT,album TEXT,resolution TEXT,tags TEXT,category TEXT,language TEXT,mini_thumb_data TEXT,name TEXT,media_type INTEGER,old_id INTEGER,is_drm INTEGER,width INTEGER,height INTEGER,title_resource_uri TEXT,owner_package_name TEXT DEFAULT NULL,color_standard INTEGER,color_transfer INTEGER,color_range INTEGER,_hash BLOB DEFAULT NULL,is_pending INTEGER DEFAULT 0,is_download INTEGER DEFAULT 0,download_uri TEXT DEFAULT NULL,referer_uri TEXT DEFAULT NULL,is_audiobook INTEGER DEFAULT 0,date_expires INTEGER DEFAULT NULL,is_trashed INTEGER DEFAULT 0,group_id INTEGER DEFAULT NULL,primary_directory TEXT DEFAULT NULL,secondary_directory TEXT DEFAULT NULL,document_id TEXT DEFAULT NULL,instance_id TEXT DEFAULT NULL,original_document_id TEXT DEFAULT NULL,relative_path TEXT DEFAULT NULL,volume_name TEXT DEFAULT NULL,artist_key TEXT DEFAULT NULL,album_key TEXT DEFAULT NULL,genre TEXT DEFAULT NULL,genre_key TEXT DEFAULT NULL,genre_id INTEGER,author TEXT DEFAULT NULL,bitrate INTEGER DEFAULT NULL,capture_framerate REAL DEFAULT NULL,cd_track_number TEXT DEFAULT NULL,compilation INTEGER DEFAULT NULL,disc_number TEXT DEFAULT NULL,is_favorite INTEGER DEFAULT 0,num_tracks INTEGER DEFAULT NULL,writer TEXT DEFAULT NULL,exposure_time TEXT DEFAULT NULL,f_number TEXT DEFAULT NULL,iso INTEGER DEFAULT NULL,scene_capture_type INTEGER DEFAULT NULL,generation_added INTEGER DEFAULT 0,generation_modified INTEGER DEFAULT 0,xmp BLOB DEFAULT NULL,_transcode_status INTEGER DEFAULT 0,_video_codec_type TEXT DEFAULT NULL,_modifier INTEGER DEFAULT 0,is_recording INTEGER DEFAULT 0,redacted_uri_id TEXT DEFAULT NULL,_user_id INTEGER DEFAULT 0,_special_format INTEGER DEFAULT NULL);
CREATE INDEX bucket_index ON files(bucket_id,media_type,datetaken,_id);
CREATE INDEX media_type_index ON files(media_type);
CREATE VIEW images AS SELECT * FROM files WHERE media_type=1;
CREATE VIEW video AS SELECT * FROM files WHERE media_type=3;
'''
TYPE = {'picture': 1, 'screenshot': 1, 'voice': 2, 'clip': 3, 'document': 6}
KIND = {1: 'image', 2: 'audio', 3: 'video', 6: 'file'}


def write(phone):
    path = 'data/data/com.google.android.providers.media.module/databases/external.db'
    db, gone = Database(phone.tree, path, SCHEMA, phone.mtime, user_version=1400), []
    items = [i for i in phone.library.items if i.path.startswith('data/media/0/')]
    for n, item in enumerate(items):
        where = on_phone('0', item.path)
        name = where.rsplit('/', 1)[1]
        relative = where[len('/storage/emulated/0/'):-len(name)]
        bucket = relative.rstrip('/').rsplit('/', 1)[-1]
        media_type = TYPE[item.kind]
        row = db.insert('files', _data=where, _size=item.size, format=0x3801 if media_type == 1 else 0xb984,
                        date_added=item.at // 1000, date_modified=item.at // 1000, mime_type=item.mime.split(';')[0],
                        title=name.rsplit('.', 1)[0], _display_name=name, orientation=0, latitude=item.latitude,
                        longitude=item.longitude, datetaken=item.taken or item.at, bucket_id=str(hash32(relative)),
                        bucket_display_name=bucket, media_type=media_type, width=item.width, height=item.height,
                        duration=item.duration * 1000 if item.duration else None, owner_package_name=item.owner,
                        is_download=int(relative.startswith('Download')), referer_uri=item.url and 'https://www.example.org/',
                        download_uri=item.url, is_trashed=int(bool(item.trashed)),
                        date_expires=item.trashed and item.trashed // 1000 + 2592000, relative_path=relative,
                        volume_name='external_primary', is_favorite=int(n % 13 == 4), generation_added=n + 1,
                        generation_modified=n + 1)
        phone.truth.add('media', 'MediaStore', '0', path, 'files', row, path=where, type=KIND[media_type],
                        taken_at=iso(item.taken or item.at), latitude=item.latitude, longitude=item.longitude,
                        width=item.width, height=item.height, duration=item.duration, made_by=item.owner, album=bucket,
                        trashed=True if item.trashed else None, evidence_file=item.path, sha256=item.sha256)
    # Pictures that were on the phone once: the file is gone, and the row too.
    for n in range(max(2, len(items) // 40)):
        where = '/storage/emulated/0/DCIM/Camera/2023%02d11_2130%02d.jpg' % (10 + n % 3, n % 60)
        if n >= 180:
            break
        at = phone.world.start + n * 3600000
        row = db.insert('files', _data=where, _size=1834201 + n, date_added=at // 1000, date_modified=at // 1000,
                        mime_type='image/jpeg', _display_name=where.rsplit('/', 1)[1], datetaken=at, media_type=1,
                        width=4160, height=3120, bucket_display_name='Camera', relative_path='DCIM/Camera/',
                        owner_package_name='com.sec.android.app.camera', volume_name='external_primary')
        gone.append((row, where, at))
    db.to_wal()
    db.executemany('DELETE FROM files WHERE _id=?', [(g[0],) for g in gone])
    for row, where, at in gone:
        phone.truth.add('media', 'MediaStore', '0', path, 'files', row, state='deleted', path=where, type='image',
                        taken_at=iso(at), width=4160, height=3120, made_by='com.sec.android.app.camera', album='Camera',
                        where='database under wal')
    db.finish()


def hash32(text):
    """Java's String.hashCode of the lower-case text: how Android makes bucket ids."""
    h = 0
    for c in text.lower():
        h = (h * 31 + ord(c)) & 0xffffffff
    return h - (1 << 32) if h >> 31 else h
