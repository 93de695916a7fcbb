-- path: data/user_de/0/com.android.providers.telephony/databases/telephony.db
CREATE TABLE siminfo (_id INTEGER PRIMARY KEY AUTOINCREMENT, icc_id TEXT NOT NULL, sim_id INTEGER DEFAULT -1, display_name TEXT, carrier_name TEXT DEFAULT '', number TEXT, imsi TEXT);
-- sim_id is the slot, -1 of a card that is no longer in the phone.
INSERT INTO siminfo VALUES (1, '8944110068207012345', 0, 'SIM 1', 'Exämple Mobile', '07700 900123', '234101234567890'), (2, '89441100682070123F', -1, 'Travel', '', '', NULL), (3, '', 99, NULL, NULL, NULL, '');
-- path: data/user_de/10/com.android.providers.telephony/databases/telephony.db
CREATE TABLE siminfo (_id INTEGER PRIMARY KEY AUTOINCREMENT, icc_id TEXT NOT NULL);
INSERT INTO siminfo VALUES (1, '8944110068207099999');
