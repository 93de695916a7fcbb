-- artifact: android/bluetooth
-- about:    Bluetooth devices the phone keeps: what it was paired with
-- record:   device_link
-- app:      Bluetooth
-- files:    */bt_config.conf
-- files:    */bt_config.bak
-- omits:    lines inside a device's section, and sections that are no device
-- tested:   the documented schema

-- A section a device, headed by its address. Its timestamp says when a search last found it, not when they were paired.
SELECT min(l.line)                                                                       AS _origin,
       substr(max(CASE WHEN l.text LIKE '[__:__:__:__:__:__]%' THEN l.text END), 2, 17)  AS address,
       coalesce(max(CASE WHEN l.key = 'Aliase' THEN nullif(l.value, '') END), max(CASE WHEN l.key = 'Name' THEN nullif(l.value, '') END)) AS name,
       'Bluetooth'                                                                       AS type,
       unix_s(max(CASE WHEN l.key = 'Timestamp' THEN l.value END))                       AS last_seen_at
  FROM (SELECT f.line AS line, f.text AS text, trim(substr(f.text, 1, instr(f.text, '=') - 1)) AS key, trim(substr(f.text, instr(f.text, '=') + 1)) AS value,
               sum(f.text LIKE '[%') OVER (ORDER BY f.line) AS section
          FROM file_lines(file()) f) l
 GROUP BY l.section
HAVING max(l.text LIKE '[__:__:__:__:__:__]%');
