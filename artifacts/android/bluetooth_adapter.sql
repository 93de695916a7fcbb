-- artifact: android/bluetooth/adapter
-- about:    the phone's own Bluetooth address and name
-- record:   device
-- app:      Bluetooth
-- files:    */bt_config.conf
-- files:    */bt_config.bak
-- omits:    all else in the file
-- tested:   the documented schema

SELECT l.line                                           AS _origin,
       CASE l.key WHEN 'Address' THEN 'bluetooth_address' ELSE 'bluetooth_name' END AS property,
       l.value                                          AS value,
       CASE l.key WHEN 'Address' THEN 'mac:' || l.value END AS identifier
  FROM (SELECT f.line AS line, f.text AS text, trim(substr(f.text, 1, instr(f.text, '=') - 1)) AS key, trim(substr(f.text, instr(f.text, '=') + 1)) AS value,
               max(CASE WHEN f.text LIKE '[%' THEN f.line END) OVER (ORDER BY f.line) AS head, max(CASE WHEN f.text LIKE '[Adapter]%' THEN f.line END) OVER (ORDER BY f.line) AS adapter
          FROM file_lines(file()) f) l
 WHERE l.head = l.adapter AND l.key IN ('Address', 'Name');
