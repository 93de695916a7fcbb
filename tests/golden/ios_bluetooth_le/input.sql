-- path: private/var/containers/Shared/SystemGroup/6F1C/Library/Database/com.apple.MobileBluetooth.ledevices.paired.db
CREATE TABLE PairedDevices (Uuid TEXT, Name TEXT, NameOrigin INTEGER, Address TEXT, ResolvedAddress TEXT, LastSeenTime INTEGER, LastConnectionTime INTEGER);
INSERT INTO PairedDevices VALUES
  ('U1', 'Zoës Watch ⌚', 1, 'Random 5B:00:00:00:00:01', 'Public 00:1A:2B:3C:4D:5E', 700000000, 700000000),
  ('U2', '', 0, 'Public 00:1A:2B:3C:4D:5F', '', -1, 1000000000000000000),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL);
-- path: private/var/containers/Shared/SystemGroup/6F1C/Library/Database/com.apple.MobileBluetooth.ledevices.other.db
CREATE TABLE OtherDevices (Uuid TEXT, Name TEXT, Address TEXT, LastSeenTime INTEGER);
INSERT INTO OtherDevices VALUES ('U3', 'Téléviseur', 'Random 5B:00:00:00:00:02', 5), ('U4', NULL, 'nonsense', NULL);
