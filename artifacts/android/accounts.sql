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
       CASE WHEN a.name LIKE '%@%' THEN a.name WHEN a.name LIKE '+%' THEN 'phone:' || a.name ELSE 'id:' || a.name END AS user_id,
       CASE WHEN a.name LIKE '%@%' THEN a.name END AS email,
       a.name          AS display_name,
       coalesce((SELECT min(iso8601(replace(d.time, ' ', 'T'))) FROM debug_table d WHERE d._id = a._id AND d.table_name = 'accounts' AND d.action_type = 'action_account_add'),
                unix_ms(a.last_password_entry_time_millis_epoch)) AS created_at
  FROM accounts a;
