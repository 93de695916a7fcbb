-- artifact: ios/system_version
-- about:    product and version of the system
-- record:   device
-- app:      iOS
-- files:    */CoreServices/SystemVersion.plist
-- tested:   a made phone

SELECT p.rowid AS _origin,
       CASE p.key WHEN 'ProductVersion' THEN 'os_version' WHEN 'ProductBuildVersion' THEN 'os_build' WHEN 'ProductName' THEN 'product_name' ELSE p.key END AS property,
       p.value AS value
  FROM plist_each(file()) p;
