-- artifact: ios/system_version
-- about:    product and version of the system
-- record:   device
-- app:      iOS
-- files:    */CoreServices/SystemVersion.plist
-- tested:   a made phone

SELECT p.rowid AS _origin, p.key AS property, p.value AS value FROM plist_each(file()) p;
