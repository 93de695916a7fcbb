"""Chrome and Firefox for Android: history, searches, downloads."""

from .database import Database
from .truth import iso

CHROME = '''
CREATE TABLE meta(key LONGVARCHAR NOT NULL UNIQUE PRIMARY KEY,value LONGVARCHAR);
INSERT INTO meta VALUES('version','66');
CREATE TABLE urls(id INTEGER PRIMARY KEY AUTOINCREMENT,url LONGVARCHAR,title LONGVARCHAR,visit_count INTEGER DEFAULT 0 NOT NULL,typed_count INTEGER DEFAULT 0 NOT NULL,last_visit_time INTEGER NOT NULL,hidden INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE visits(id INTEGER PRIMARY KEY AUTOINCREMENT,url INTEGER NOT NULL,visit_time INTEGER NOT NULL,from_visit INTEGER,external_referrer_url TEXT,transition INTEGER DEFAULT 0 NOT NULL,segment_id INTEGER,visit_duration INTEGER DEFAULT 0 NOT NULL,incremented_omnibox_typed_score BOOLEAN DEFAULT FALSE NOT NULL,opener_visit INTEGER,originator_cache_guid TEXT,originator_visit_id INTEGER,originator_from_visit INTEGER,originator_opener_visit INTEGER,is_known_to_sync BOOLEAN DEFAULT FALSE NOT NULL,consider_for_ntp_most_visited BOOLEAN DEFAULT FALSE NOT NULL,visited_link_id INTEGER DEFAULT 0 NOT NULL,app_id TEXT);
CREATE TABLE keyword_search_terms (keyword_id INTEGER NOT NULL,url_id INTEGER NOT NULL,term LONGVARCHAR NOT NULL,normalized_term LONGVARCHAR NOT NULL);
CREATE TABLE downloads (id INTEGER PRIMARY KEY,guid VARCHAR NOT NULL,current_path LONGVARCHAR NOT NULL,target_path LONGVARCHAR NOT NULL,start_time INTEGER NOT NULL,received_bytes INTEGER NOT NULL,total_bytes INTEGER NOT NULL,state INTEGER NOT NULL,danger_type INTEGER NOT NULL,interrupt_reason INTEGER NOT NULL,hash BLOB NOT NULL,end_time INTEGER NOT NULL,opened INTEGER NOT NULL,last_access_time INTEGER NOT NULL,transient INTEGER NOT NULL,referrer VARCHAR NOT NULL,site_url VARCHAR NOT NULL,embedder_download_data VARCHAR NOT NULL,tab_url VARCHAR NOT NULL,tab_referrer_url VARCHAR NOT NULL,http_method VARCHAR NOT NULL,by_ext_id VARCHAR NOT NULL,by_ext_name VARCHAR NOT NULL,by_web_app_id VARCHAR NOT NULL,etag VARCHAR NOT NULL,last_modified VARCHAR NOT NULL,mime_type VARCHAR(255) NOT NULL,original_mime_type VARCHAR(255) NOT NULL);
CREATE TABLE downloads_url_chains (id INTEGER NOT NULL,chain_index INTEGER NOT NULL,url LONGVARCHAR NOT NULL,PRIMARY KEY (id,chain_index));
CREATE TABLE segments (id INTEGER PRIMARY KEY,name VARCHAR,url_id INTEGER NON NULL);
CREATE INDEX visits_url_index ON visits (url);
CREATE INDEX urls_url_index ON urls (url);
'''
FIREFOX = '''
CREATE TABLE moz_origins (id INTEGER PRIMARY KEY,prefix TEXT NOT NULL,host TEXT NOT NULL,frecency INTEGER NOT NULL,UNIQUE (prefix,host));
CREATE TABLE moz_places (id INTEGER PRIMARY KEY,url LONGVARCHAR NOT NULL,title LONGVARCHAR,description TEXT,preview_image_url TEXT,visit_count_local INTEGER NOT NULL DEFAULT 0,visit_count_remote INTEGER NOT NULL DEFAULT 0,hidden INTEGER DEFAULT 0 NOT NULL,typed INTEGER DEFAULT 0 NOT NULL,frecency INTEGER DEFAULT -1 NOT NULL,last_visit_date_local INTEGER NOT NULL DEFAULT 0,last_visit_date_remote INTEGER NOT NULL DEFAULT 0,guid TEXT NOT NULL UNIQUE,foreign_count INTEGER DEFAULT 0 NOT NULL,url_hash INTEGER DEFAULT 0 NOT NULL,origin_id INTEGER,sync_status TINYINT NOT NULL DEFAULT 1,sync_change_counter INTEGER NOT NULL DEFAULT 0,unknown_fields TEXT);
CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY,is_local INTEGER NOT NULL,from_visit INTEGER,place_id INTEGER NOT NULL,visit_date INTEGER NOT NULL,visit_type INTEGER NOT NULL,unknown_fields TEXT);
CREATE TABLE moz_bookmarks (id INTEGER PRIMARY KEY,fk INTEGER DEFAULT NULL,type INTEGER NOT NULL,parent INTEGER,position INTEGER NOT NULL,title TEXT,dateAdded INTEGER NOT NULL DEFAULT 0,lastModified INTEGER NOT NULL DEFAULT 0,guid TEXT NOT NULL UNIQUE);
'''


def webkit(ms):
    return ms * 1000 + 11644473600000000


def chrome(phone, visits, downloads=()):
    """`visits`: (url, title, at, search term or None, how); `downloads`: (url, name, at, size)."""
    path = 'data/data/com.android.chrome/app_chrome/Default/History'
    db, truth, urls = Database(phone.tree, path, CHROME, phone.mtime), phone.truth, {}
    rows, gone, searches, last = [], [], [], {}
    for url, title, at, term, how in visits:
        known = urls.get(url)
        if known is None:
            known = urls[url] = [db.insert('urls', url=url, title=title, visit_count=0, typed_count=0, last_visit_time=0), 0]
        known[1] += 1
        db.execute('UPDATE urls SET visit_count=?,last_visit_time=? WHERE id=?', (known[1], webkit(at), known[0]))
        row = db.insert('visits', url=known[0], visit_time=webkit(at), from_visit=0, transition=805306368, visit_duration=4000000)
        rows.append((row, known, url, title, at, how))
        if term and known[1] == 1:
            at_row = db.insert('keyword_search_terms', keyword_id=2, url_id=known[0], term=term, normalized_term=term.lower())
            if how != 'deleted':
                searches.append((at_row, term, url))
        last[url] = at
    for at_row, term, url in searches:   # the database knows the time of the last visit only
        truth.add('search', 'Chrome', '0', path, 'keyword_search_terms', at_row, term=term, at=iso(last[url]), url=url)
    for row, known, url, title, at, how in rows:
        fields = dict(url=url, title=title, at=iso(at))
        if how == 'deleted':
            gone.append((row, known[0], fields))
        else:
            truth.add('visit', 'Chrome', '0', path, 'visits', row, **fields)
    for i, (url, name, at, size) in enumerate(downloads, 1):
        target = '/storage/emulated/0/Download/' + name
        guid = '%08x-0000-4000-8000-%012x' % (i, at)
        blank = {c: '' for c in ('embedder_download_data', 'tab_referrer_url', 'by_ext_id', 'by_ext_name', 'by_web_app_id',
                                 'etag', 'last_modified')}
        row = db.insert('downloads', guid=guid, current_path=target, target_path=target, start_time=webkit(at),
                        received_bytes=size, total_bytes=size, state=1, danger_type=0, interrupt_reason=0, hash=b'',
                        end_time=webkit(at + 2000), opened=1, last_access_time=0, transient=0, referrer='https://www.example.org/',
                        site_url='', tab_url=url, http_method='GET', mime_type='image/jpeg', original_mime_type='image/jpeg', **blank)
        db.insert('downloads_url_chains', id=row, chain_index=0, url=url)
        truth.add('download', 'Chrome', '0', path, 'downloads', row, url=url, path=target, at=iso(at), referrer='https://www.example.org/')
    for row, url_row, _ in gone:
        db.execute('DELETE FROM visits WHERE id=?', (row,))
        db.execute('DELETE FROM urls WHERE id=?', (url_row,))
        db.execute('DELETE FROM keyword_search_terms WHERE url_id=?', (url_row,))
    raw = db.raw()
    for row, _, fields in gone:
        if raw.find(fields['url'].encode()) >= 0:
            truth.add('visit', 'Chrome', '0', path, 'visits', row, state='deleted', where='database', **fields)
    db.finish()


def firefox(phone, visits):
    path = 'data/data/org.mozilla.firefox/files/places.sqlite'
    db, places = Database(phone.tree, path, FIREFOX, phone.mtime, page_size=32768), {}
    db.to_wal()   # Firefox checkpoints late: here everything is still in the WAL
    for i, (url, title, at, _, _) in enumerate(visits):
        if url not in places:
            places[url] = db.insert('moz_places', url=url, title=title, guid='cust%08d' % i, last_visit_date_local=at,
                                    visit_count_local=1, url_hash=i)
        row = db.insert('moz_historyvisits', is_local=1, place_id=places[url], visit_date=at, visit_type=1)
        phone.truth.add('visit', 'Firefox', '0', path, 'moz_historyvisits', row, url=url, title=title, at=iso(at), where='wal')
        db.commit()
    db.finish()
