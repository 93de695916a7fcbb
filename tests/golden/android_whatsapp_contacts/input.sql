-- path: data/data/com.whatsapp/databases/wa.db
CREATE TABLE wa_contacts(_id INTEGER PRIMARY KEY, jid TEXT NOT NULL, is_whatsapp_user BOOLEAN, status TEXT, number TEXT, raw_contact_id INTEGER, display_name TEXT, given_name TEXT, family_name TEXT, wa_name TEXT, nickname TEXT, company TEXT, is_starred BOOLEAN);
CREATE TABLE wa_block_list(jid TEXT);
INSERT INTO wa_contacts VALUES(1, '447700900001@s.whatsapp.net', 1, 'Não perturbe 😀', '+447700900001', 1, 'Zoë', 'Zoë', 'Ångström', 'zo', NULL, 'Müller & Co', 1),
  (2, '447700900002@s.whatsapp.net', 1, '', NULL, -1, NULL, NULL, NULL, 'Only by push name', NULL, NULL, 0),
  (3, '447700900003@s.whatsapp.net', 1, NULL, '07700 900003', 2, '', 'Given', 'Family', 'other', NULL, '', 0),
  (4, '120363000000000001@g.us', 1, NULL, NULL, NULL, 'Wing B', NULL, NULL, NULL, NULL, NULL, NULL),
  (5, '98765432101234@lid', 0, NULL, '', NULL, NULL, NULL, NULL, '', NULL, NULL, NULL),
  (6, 'no address at all', 0, NULL, 'none', NULL, 'Strange', NULL, NULL, NULL, NULL, NULL, 4711),
  (7, x'34343737', 0, NULL, x'ff31', NULL, 'In bytes', NULL, NULL, NULL, NULL, NULL, 0);
-- blocked twice in the list, and one of the list who is no contact
INSERT INTO wa_block_list VALUES('447700900002@s.whatsapp.net'), ('447700900002@s.whatsapp.net'), ('447700900099@s.whatsapp.net');
-- path: data/data/com.whatsapp.w4b/databases/wa.db
CREATE TABLE wa_contacts(_id INTEGER PRIMARY KEY, jid TEXT NOT NULL, display_name TEXT);
INSERT INTO wa_contacts VALUES(1, '447700900004@s.whatsapp.net', 'Customer');
-- path: data/user/10/com.whatsapp/databases/wa.db
CREATE TABLE wa_contacts(_id INTEGER PRIMARY KEY, jid TEXT NOT NULL, display_name TEXT);
INSERT INTO wa_contacts VALUES(1, '447700900005@s.whatsapp.net', 'Of the second user');
-- path: data/user/95/com.whatsapp/databases/wa.db
CREATE TABLE wa_contacts(_id INTEGER PRIMARY KEY, jid TEXT NOT NULL, display_name TEXT);
INSERT INTO wa_contacts VALUES(1, '447700900006@s.whatsapp.net', 'Of the dual app');
