-- artifact: android/downloads
-- about:    files fetched by the system's download service
-- record:   download
-- app:      Downloads
-- files:    */com.android.providers.downloads/databases/downloads.db
-- tested:   real data of Android 4

-- when: downloads(_id, uri, _data, lastmod, total_bytes, ?mimetype, ?title, ?referer, ?notificationpackage, ?hint)
SELECT d._origin,
       d.uri                       AS url,
       coalesce(nullif(d.title, ''), d.hint) AS title,
       d._data                     AS path,
       unix_ms(d.lastmod)          AS at,
       CASE WHEN d.total_bytes >= 0 THEN d.total_bytes END AS size,
       d.mimetype                  AS type,
       nullif(d.referer, '')       AS referrer,
       d.notificationpackage       AS made_by
  FROM downloads d;
