-- artifact: media/place
-- about:    Where a picture or video says it was taken
-- record:   location
-- app:      file
-- content:  image/*
-- content:  video/*
-- tested:   JPEG, HEIC, MP4, MOV
SELECT 1                                            AS _origin,
       coalesce(media('taken_at'), media('gps_at')) AS at,
       media('latitude')                            AS latitude,
       media('longitude')                           AS longitude,
       media('altitude')                            AS altitude,
       media('accuracy')                            AS accuracy,
       'a picture''s own words: ' || file_name()    AS source
 WHERE media('latitude') IS NOT NULL
