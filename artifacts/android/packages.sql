-- artifact: android/packages
-- about:    installed apps
-- record:   app
-- app:      Packages
-- files:    */system/packages.xml
-- tested:   a made phone

SELECT x.id                                              AS _origin,
       x.attributes ->> '$.name'                         AS package,
       x.attributes ->> '$.version'                      AS version,
       -- Milliseconds in hexadecimal. Since Android 13 `it` is kept for each user (android/packages/users); `ft` is the age of the installed file, not when the app came.
       unix_ms(hex_integer(x.attributes ->> '$.it'))     AS installed_at,
       unix_ms(hex_integer(x.attributes ->> '$.ut'))     AS updated_at,
       x.attributes ->> '$.installer'                    AS installer
  FROM xml_each(file(), 'package') x;
