-- path: data/user_de/0/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE pdu (_id INTEGER PRIMARY KEY, thread_id INTEGER, date INTEGER, date_sent INTEGER, msg_box INTEGER, read INTEGER, sub TEXT, m_type INTEGER);
CREATE TABLE addr (_id INTEGER PRIMARY KEY, msg_id INTEGER, address TEXT, type INTEGER);
CREATE TABLE part (_id INTEGER PRIMARY KEY, mid INTEGER, seq INTEGER, ct TEXT, cl TEXT, _data TEXT, text TEXT);
-- 1 in with layout, picture and text; 2 out to two, with a copy; 3 of a person with an e-mail address, subject only; 4 a draft, 5 failed, 6 in the outbox
INSERT INTO pdu VALUES (1, 4, 1700000010, 1700000000, 1, 1, NULL, 132), (2, 5, 1700000060, 0, 2, 1, NULL, 128), (3, 6, 1700000120, NULL, 1, 0, 'Grüße 😀', 132), (4, 7, 1700000180, 0, 3, 0, NULL, NULL),
  (5, 7, 1700000240, 0, 5, 0, NULL, NULL), (6, 7, 1700000300, 0, 4, 0, NULL, NULL),
-- 7 of a maker's own box, but it was fetched; 8 of one that nothing tells of; 9 nothing but NULL; 10 beyond any time; 11 has a part without a type
  (7, 8, 1700000360, 0, 0, 0, NULL, 132), (8, 8, 1700000420, 0, 4711, 0, NULL, 4711), (9, NULL, NULL, NULL, NULL, NULL, NULL, NULL), (10, 8, 9223372036854775807, 0, 2, 0, NULL, 128), (11, 8, 1700000480, 0, 2, 0, NULL, 128);
INSERT INTO addr VALUES (1, 1, '07700 900001', 137), (2, 1, '+447700900099', 151), (3, 2, 'insert-address-token', 137), (4, 2, '+447700900002', 151), (5, 2, '07700 900003', 151), (6, 2, '+447700900004', 130), (7, 2, '+447700900005', 129),
  (8, 3, 'Ola@example.org', 137), (9, 7, '+447700900006', 137), (10, 8, '+447700900007', 137), (11, 99, 'of no message', 137), (12, 9, NULL, NULL);
INSERT INTO part VALUES (1, 1, -1, 'application/smil', 'smil.xml', NULL, '<smil/>'), (2, 1, 0, 'image/jpeg', 'p.jpg', '/data/user_de/0/com.android.providers.telephony/app_parts/PART_1.jpg', NULL), (3, 1, 0, 'text/plain', 't.txt', NULL, 'look, naïve'),
  (4, 2, 0, 'text/plain', 't.txt', NULL, 'one'), (5, 2, 1, 'text/plain', 't2.txt', NULL, 'two'), (6, 2, 2, 'video/mp4', 'v.mp4', '/data/v.mp4', NULL), (7, 2, 3, 'image/png', 'second.png', '/data/second.png', NULL),
  (8, 5, 0, 'audio/amr', 'a.amr', '/data/a.amr', NULL), (9, 6, 0, 'text/x-vCard', 'c.vcf', '/data/c.vcf', NULL), (10, 99, 0, 'image/jpeg', 'of no message.jpg', NULL, NULL), (11, 11, 0, NULL, 'x.bin', '/data/x.bin', NULL);
-- path: data/user_de/10/com.android.providers.telephony/databases/mmssms.db
CREATE TABLE pdu (_id INTEGER PRIMARY KEY, thread_id INTEGER, date INTEGER, msg_box INTEGER);
INSERT INTO pdu VALUES (1, 1, 1700000000, 1);
