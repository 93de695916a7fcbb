-- artifact: ios/safari/cloud_tabs
-- about:    pages in the tabs of the owner's other devices, which iCloud shows here
-- record:   visit
-- files:    */Safari/CloudTabs.db
-- tested:   the documented schema

-- when: cloud_tabs(title, url, device_uuid), ?cloud_tab_devices(device_uuid, device_name)
SELECT t._origin,
       'Safari, ' || coalesce(nullif(d.device_name, ''), 'another device') AS app,
       nullif(t.url, '')             AS url,
       nullif(t.title, '')           AS title
  FROM cloud_tabs t
  LEFT JOIN cloud_tab_devices d ON d.device_uuid = t.device_uuid;
