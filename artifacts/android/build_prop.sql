-- artifact: android/build
-- about:    what the device is: maker, model, version
-- record:   device
-- app:      Android
-- files:    */build.prop
-- omits:    settings that say nothing about which device this is
-- tested:   a made phone

SELECT l.line                                         AS _origin,
       CASE substr(l.text, 1, instr(l.text, '=') - 1)
            WHEN 'ro.product.model' THEN 'model' WHEN 'ro.product.system.model' THEN 'model' WHEN 'ro.product.manufacturer' THEN 'manufacturer' WHEN 'ro.product.brand' THEN 'brand'
            WHEN 'ro.build.version.release' THEN 'os_version' WHEN 'ro.build.version.security_patch' THEN 'security_patch' WHEN 'ro.build.fingerprint' THEN 'build_fingerprint'
            WHEN 'ro.serialno' THEN 'serial' WHEN 'persist.sys.timezone' THEN 'time_zone'
            ELSE substr(l.text, 1, instr(l.text, '=') - 1) END AS property,
       nullif(trim(substr(l.text, instr(l.text, '=') + 1)), '') AS value
  FROM file_lines(file()) l
 WHERE l.text LIKE 'ro.product.%=%' OR l.text LIKE 'ro.build.%=%' OR l.text LIKE 'ro.serialno=%' OR l.text LIKE 'persist.sys.timezone=%';
