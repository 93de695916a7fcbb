-- path: data/data/com.samsung.android.providers.media/databases/media.db
CREATE TABLE files (_id INTEGER PRIMARY KEY, _data TEXT, datetaken INTEGER, mime_type TEXT, title TEXT, _display_name TEXT, _size INTEGER, latitude DOUBLE, longitude DOUBLE, addr TEXT, bucket_display_name TEXT, captured_url TEXT, captured_app TEXT, is_hide INTEGER, is_trashed INTEGER, deleted INTEGER);
INSERT INTO files VALUES (1, '/storage/emulated/0/DCIM/Screenshots/Überblick.jpg', 1678307200000, 'image/jpeg', 'Überblick', 'Überblick.jpg', 100, 51.5, -0.125, 'London', 'Screenshots', 'https://example.org/page', 'com.android.chrome', 1, 0, 0),
  (2, '/storage/emulated/0/DCIM', NULL, NULL, 'DCIM', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0), (3, NULL, 9223372036854775807, 'video/mp4', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', '', NULL, 1, 1);
-- path: data/user/10/com.samsung.android.providers.media/databases/media.db
CREATE TABLE files (_id INTEGER PRIMARY KEY, _data TEXT, datetaken INTEGER, mime_type TEXT);
INSERT INTO files VALUES (1, '/storage/emulated/10/DCIM/a.jpg', 1678307260000, 'image/jpeg');
