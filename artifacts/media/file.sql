-- artifact: media/file
-- about:    What a picture or video says of itself, and what its name says
-- record:   media
-- app:      file
-- content:  image/*
-- content:  video/*
SELECT 1 AS _origin, file_path() AS path, media('type') AS type
