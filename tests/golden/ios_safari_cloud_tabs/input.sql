-- path: private/var/mobile/Library/Safari/CloudTabs.db
CREATE TABLE cloud_tab_devices (device_uuid TEXT PRIMARY KEY NOT NULL, system_fields BLOB, device_name TEXT, last_modified REAL);
CREATE TABLE cloud_tabs (tab_uuid TEXT PRIMARY KEY NOT NULL, system_fields BLOB, device_uuid TEXT, position TEXT, title TEXT, url TEXT);
INSERT INTO cloud_tab_devices VALUES ('D1', x'00', 'Zoës iPad', 700000000), ('D2', NULL, NULL, -1);
INSERT INTO cloud_tabs VALUES
  ('T1', x'62706c6973743030', 'D1', NULL, 'Café ☕', 'https://example.org/caf%C3%A9'),
  ('T2', NULL, 'D2', NULL, '', 'https://example.org/2'),
  ('T3', NULL, 'D99', NULL, 'of no device', ''),
  ('T4', NULL, NULL, NULL, NULL, NULL);
