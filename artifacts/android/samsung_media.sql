-- artifact: android/samsung/media
-- about:    Samsung's index of pictures and video, with what was on the screen of a screenshot
-- record:   media
-- app:      Samsung media
-- files:    */com.samsung.android.providers.media/databases/media.db
-- omits:    folders and files that are no media
-- tested:   the documented schema

-- when: files(_id, _data, datetaken, mime_type, ?title, ?_display_name, ?_size, ?latitude, ?longitude, ?width, ?height, ?duration, ?bucket_display_name, ?captured_url, ?captured_app, ?is_hide)
SELECT f._origin,
       f._data                            AS path,
       f.mime_type                        AS type,
       coalesce(f._display_name, f.title) AS title,
       unix_ms(f.datetaken)               AS taken_at,
       f._size                            AS size,
       f.latitude                         AS latitude,
       f.longitude                        AS longitude,
       f.width                            AS width,
       f.height                           AS height,
       f.duration / 1000.0                AS duration,
       -- Of a screenshot: the app that was on the screen, and the page it showed.
       nullif(f.captured_app, '')         AS made_by,
       f.bucket_display_name              AS album,
       f.is_hide                          AS hidden,
       nullif(f.captured_url, '')         AS url
  FROM files f
 WHERE f.mime_type IS NOT NULL;
