-- path: data/data/com.google.android.apps.wellbeing/databases/app_usage
CREATE TABLE packages (_id INTEGER PRIMARY KEY, package_name TEXT NOT NULL UNIQUE);
CREATE TABLE events (_id INTEGER PRIMARY KEY, timestamp INTEGER NOT NULL, type INTEGER NOT NULL, package_id INTEGER NOT NULL);
-- The types are those of Android's UsageEvents: 1 resumed, 2 paused, 10 notification seen, 12 notification, 23 stopped, 26 shut down, 27 started.
INSERT INTO packages VALUES (1, 'com.whatsapp'), (2, 'com.example.größe'), (3, 'android');
INSERT INTO events VALUES (1, 1678307200000, 1, 1), (2, 1678307260000, 2, 1), (3, 1678307261000, 23, 1), (4, 1678307320000, 12, 2), (5, 0, 10, 99), (6, 9223372036854775807, 26, 3), (7, 1678307380000, 27, 3), (8, 1678307390000, 999, 1);
-- path: data/user/10/com.google.android.apps.wellbeing/databases/app_usage
CREATE TABLE packages (_id INTEGER PRIMARY KEY, package_name TEXT);
CREATE TABLE events (_id INTEGER PRIMARY KEY, timestamp INTEGER, type INTEGER, package_id INTEGER);
INSERT INTO events VALUES (1, NULL, NULL, NULL);
