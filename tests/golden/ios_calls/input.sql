-- path: private/var/mobile/Library/CallHistoryDB/CallHistory.storedata
CREATE TABLE ZCALLRECORD (Z_PK INTEGER PRIMARY KEY, ZANSWERED INTEGER, ZCALLTYPE INTEGER, ZORIGINATED INTEGER, ZDATE TIMESTAMP, ZDURATION FLOAT, ZADDRESS VARCHAR, ZSERVICE_PROVIDER VARCHAR);
INSERT INTO ZCALLRECORD VALUES
  (1, 1, 1, 0, 700000000.25, 61.5, '+447700900123', 'com.apple.Telephony'),
  (2, 0, 1, 0, 700000060, 0, '07700900456', 'com.apple.Telephony'),
  (3, 0, 1, 1, 700000120, 30, CAST('+447700900123' AS BLOB), 'com.apple.Telephony'),
  (4, 0, 8, 1, 700000180, 0, 'nell@example.org', 'com.apple.FaceTime'),
  (5, 1, 16, 0, 700000240, 5, '+447700900789', 'com.apple.FaceTime'),
  (6, 1, 0, 0, 700000300, 9, 'someone', 'net.example.chat'),
  (7, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
