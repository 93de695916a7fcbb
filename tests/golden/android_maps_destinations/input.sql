-- path: data/data/com.google.android.apps.maps/databases/da_destination_history
CREATE TABLE destination_history (time INTEGER, dest_lat INTEGER, dest_lng INTEGER, dest_title TEXT, dest_address TEXT, dest_token TEXT, source_lat INTEGER, source_lng INTEGER);
INSERT INTO destination_history VALUES (1678307200000, 51500000, -125000, 'HMP Exämple', '1 High Street, London', NULL, 51400000, -125000), (0, NULL, NULL, '', 'Leeds', NULL, NULL, NULL), (9223372036854775807, NULL, NULL, 'Café', NULL, NULL, NULL, NULL), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
-- path: data/user/10/com.google.android.apps.maps/databases/da_destination_history
CREATE TABLE destination_history (time INTEGER, dest_title TEXT, dest_address TEXT);
INSERT INTO destination_history VALUES (1678307260000, 'second', '');
