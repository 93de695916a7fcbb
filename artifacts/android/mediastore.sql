-- artifact: android/mediastore
-- about:    the system's index of pictures, video, sound and downloads
-- record:   media
-- app:      MediaStore
-- files:    */com.google.android.providers.media.module/databases/external.db
-- files:    */com.android.providers.media.module/databases/external.db
-- files:    */com.android.providers.media/databases/external.db
-- files:    */com.android.providers.media/databases/external-*.db
-- omits:    folders and files that are no media
-- tested:   a made phone

-- when: files(_id, _data, _size, date_added, date_modified, mime_type, ?datetaken, ?title, ?_display_name, ?latitude, ?longitude, ?width, ?height, ?duration, ?owner_package_name, ?bucket_display_name, ?is_trashed, ?date_expires, ?media_type, ?download_uri, ?referer_uri)
SELECT f._origin,
       f._data                           AS path,
       f.mime_type                       AS type,
       coalesce(f._display_name, f.title) AS title,
       -- Where no camera said, it is not known: date_modified is when the file was last written, by anybody.
       unix_ms(f.datetaken)              AS taken_at,
       unix_s(f.date_added)              AS added_at,
       f._size                           AS size,
       f.latitude                        AS latitude,
       f.longitude                       AS longitude,
       f.width                           AS width,
       f.height                          AS height,
       f.duration / 1000.0               AS duration,
       f.owner_package_name              AS made_by,
       f.bucket_display_name             AS album,
       -- A trashed file is kept for 30 days; what is stored is when it goes for good.
       CASE WHEN f.is_trashed = 1 THEN unix_s(f.date_expires - 2592000) END AS trashed_at,
       coalesce(nullif(f.download_uri, ''), nullif(f.referer_uri, '')) AS url
  FROM files f
 WHERE f.mime_type IS NOT NULL;
