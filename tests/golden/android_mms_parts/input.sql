-- path: data/user_de/0/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE pdu (_id INTEGER PRIMARY KEY, thread_id INTEGER, date INTEGER, date_sent INTEGER, msg_box INTEGER, read INTEGER, sub TEXT, m_type INTEGER);
CREATE TABLE addr (_id INTEGER PRIMARY KEY, msg_id INTEGER, address TEXT, type INTEGER);
CREATE TABLE part (_id INTEGER PRIMARY KEY, mid INTEGER, seq INTEGER, ct TEXT, cl TEXT, _data TEXT, text TEXT);
INSERT INTO pdu VALUES (1, 4, 1700000010, 1700000000, 1, 1, NULL, 132), (2, 5, 9223372036854775807, 0, 2, 1, NULL, 128);
-- layout and text are left out, but not a text that lies in a file of its own
INSERT INTO part VALUES (1, 1, -1, 'application/smil', 'smil.xml', NULL, '<smil/>'), (2, 1, 0, 'image/jpeg', 'Größe.jpg', '/data/user_de/0/com.android.providers.telephony/app_parts/PART_1.jpg', NULL), (3, 1, 0, 'text/plain', 't.txt', NULL, 'look'),
  (4, 1, 1, 'image/png', 'second.png', '/data/second.png', NULL), (5, 2, 0, 'text/plain', 'long.txt', '/data/long.txt', NULL), (6, 99, 0, 'video/mp4', 'of no message.mp4', NULL, NULL), (7, NULL, NULL, NULL, NULL, NULL, NULL);
-- path: data/user_de/10/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE part (_id INTEGER PRIMARY KEY, mid INTEGER, ct TEXT, fn TEXT, name TEXT);
INSERT INTO part VALUES (1, 1, 'audio/amr', 'fn.amr', 'Naïve voice.amr');
