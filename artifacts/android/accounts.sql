-- artifact: android/accounts
-- about:    accounts that are set up on the device
-- record:   account
-- app:      Android accounts
-- files:    */accounts_ce.db
-- files:    */accounts_de.db
-- files:    */data/system/users/*/accounts.db
-- tested:   a made phone

-- when: accounts(_id, name, type, ?last_password_entry_time_millis_epoch), ?debug_table(primary_key, action_type, time, table_name, ?_id)
SELECT a._origin,
       a.type          AS service,
       -- Many apps add an account named like the app itself: that is a label, and shared by every phone that has the app.
       CASE WHEN a.name LIKE '_%@_%' THEN a.name WHEN a.name LIKE '+%' THEN 'phone:' || a.name WHEN a.name LIKE '@%' THEN 'handle:' || a.name
            WHEN instr('.' || lower(a.type) || '.', '.' || lower(replace(a.name, ' ', '')) || '.') > 0
              OR lower(a.name) IN ('signal', 'tiktok', 'duo', 'meet', 'messenger', 'whatsapp', 'whatsapp business', 'telegram', 'facebook', 'instagram') THEN NULL
            ELSE 'id:' || nullif(a.name, '') END AS user_id,
       CASE WHEN a.name LIKE '_%@_%' THEN a.name END AS email,
       a.name          AS display_name,
       -- The log says when an account was added, but in the phone's local time without a zone. Adding one also enters its password, and that is kept to the
       -- millisecond in UTC; a later entry overwrites it, so it is believed where the log agrees but for a zone (at most 14 hours).
       CASE WHEN EXISTS (SELECT 1 FROM debug_table d WHERE d._id = a._id AND d.table_name = 'accounts' AND d.action_type = 'action_account_add'
                            AND abs(iso8601(replace(d.time, ' ', 'T')) - unix_ms(a.last_password_entry_time_millis_epoch)) <= 14 * 3600 * 1000000 + 2000000)
            THEN unix_ms(a.last_password_entry_time_millis_epoch) END AS created_at
  FROM accounts a;
