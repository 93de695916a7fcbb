-- artifact: media/file
-- about:    What a picture or video says of itself, and what its name says
-- record:   media
-- app:      file
-- content:  image/*
-- content:  video/*
-- tested:   JPEG, PNG, GIF, WebP, HEIC, AVIF, MP4, MOV, 3GP, WebM
--
-- taken_at stands only where the file says UTC or its zone; else taken_local has the camera's own clock. posted_at: the moment in the file's
-- name, where the name says UTC; what it means (taken, saved, posted) is in `detail`.
SELECT 1                        AS _origin,
       file_path()              AS path,
       file_name()              AS title,
       media('type')            AS type,
       length(file())           AS size,
       media('taken_at')        AS taken_at,
       media('taken_local')     AS taken_local,
       media('zone')            AS zone,
       media('gps_at')          AS gps_at,
       media('make')            AS make,
       media('model')           AS model,
       media('serial')          AS serial,
       media('unique_id')       AS unique_id,
       media('software')        AS made_by,
       media('encoder')         AS encoder,
       media('latitude')        AS latitude,
       media('longitude')       AS longitude,
       media('altitude')        AS altitude,
       media('width')           AS width,
       media('height')          AS height,
       media('duration')        AS duration,
       media('platform')        AS platform,
       media('post_id')         AS post_id,
       media('name_at')         AS posted_at,
       nullif(json_patch(coalesce(media('detail'), '{}'),
                         json_object('taken_from', media('taken_from'), 'name_is', media('name_means'),
                                     'name_confidence', media('name_confidence'), 'name_app', media('name_app'))), '{}') AS detail
