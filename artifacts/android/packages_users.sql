-- artifact: android/packages/users
-- about:    apps of each of the phone's users, and when that user first got them (Android 13 and later)
-- record:   app
-- app:      Packages
-- files:    */system/users/*/package-restrictions.xml
-- omits:    apps that this user does not have
-- tested:   a made phone

SELECT x.id                                              AS _origin,
       x.attributes ->> '$.name'                         AS package,
       -- Milliseconds in hexadecimal; absent before Android 13.
       unix_ms(hex_integer(x.attributes ->> '$.first-install-time')) AS installed_at
  FROM xml_each(file(), 'pkg') x
 WHERE coalesce(x.attributes ->> '$.inst', 'true') <> 'false';
