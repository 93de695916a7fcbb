-- path: data/data/com.google.android.providers.media.module/databases/external.db
CREATE TABLE files (_id INTEGER PRIMARY KEY AUTOINCREMENT, _data TEXT UNIQUE COLLATE NOCASE, _size INTEGER, date_added INTEGER, date_modified INTEGER, mime_type TEXT, title TEXT, _display_name TEXT, datetaken INTEGER, latitude DOUBLE, longitude DOUBLE,
  width INTEGER, height INTEGER, duration INTEGER, owner_package_name TEXT, bucket_display_name TEXT, is_trashed INTEGER, date_expires INTEGER, media_type INTEGER, download_uri TEXT, referer_uri TEXT);
-- date_added, date_modified and date_expires count seconds, datetaken and duration milliseconds. A file in the bin goes for good after 30 days: 1680899200 is 30 days after 1678307200.
INSERT INTO files VALUES
  (1, '/storage/emulated/0/DCIM/Camera/Küche.jpg', 1234, 1678307260, 1678307261, 'image/jpeg', 'Küche', 'Küche.jpg', 1678307200000, 51.5, -0.125, 4000, 3000, NULL, 'com.android.camera2', 'Camera', 0, NULL, 1, NULL, NULL),
  (2, '/storage/emulated/0/Movies/.trashed-1680899200-v.mp4', 99, 1678307200, 1678307200, 'video/mp4', 'v', NULL, NULL, NULL, NULL, NULL, NULL, 2500, NULL, 'Movies', 1, 1680899200, 3, 'https://example.org/v.mp4', 'https://example.org/'),
  (3, '/storage/emulated/0/Download', NULL, 1678307200, 1678307200, NULL, 'Download', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, NULL),
  (4, '/storage/emulated/0/Download/odd.png', NULL, NULL, 1678307200, 'image/png', NULL, NULL, 9223372036854775807, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, 1, '', 'https://example.org/page');
-- path: data/user/10/com.android.providers.media.module/databases/external.db
CREATE TABLE files (_id INTEGER PRIMARY KEY AUTOINCREMENT, _data TEXT, _size INTEGER, date_added INTEGER, date_modified INTEGER, mime_type TEXT);
INSERT INTO files VALUES (1, '/storage/emulated/10/DCIM/a.jpg', 5, 1678307200, 1678307200, 'image/jpeg');
