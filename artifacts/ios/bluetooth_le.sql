-- artifact: ios/bluetooth_le
-- about:    Bluetooth Low Energy devices: paired ones, and others that were near
-- record:   device_link
-- app:      Bluetooth
-- files:    */com.apple.MobileBluetooth.ledevices.paired.db
-- files:    */com.apple.MobileBluetooth.ledevices.other.db
-- tested:   the documented schema

-- An address has its kind before it: "Public 00:1A:…", "Random 5B:…". What its times count is not documented: left out.
-- when: PairedDevices(Name, Address, ?ResolvedAddress)
SELECT d._origin,
       substr(CASE WHEN d.ResolvedAddress LIKE '%__:__:__:__:__:__' THEN d.ResolvedAddress ELSE d.Address END, -17) AS address,
       nullif(d.Name, '')             AS name,
       'Bluetooth LE, paired'         AS type
  FROM PairedDevices d;

-- when: OtherDevices(Name, Address)
SELECT d._origin,
       substr(d.Address, -17)         AS address,
       nullif(d.Name, '')             AS name,
       'Bluetooth LE, seen'           AS type
  FROM OtherDevices d;
