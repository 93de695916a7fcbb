-- artifact: android/sim
-- about:    SIM cards that were in the device
-- record:   sim
-- app:      SIM
-- files:    */com.android.providers.telephony/databases/telephony.db
-- tested:   a made phone

-- when: siminfo(_id, icc_id, ?imsi, ?number, ?display_name, ?carrier_name, ?sim_id)
SELECT s._origin,
       nullif(s.icc_id, '')         AS iccid,
       s.imsi                       AS imsi,
       nullif(s.number, '')         AS msisdn,
       coalesce(nullif(s.carrier_name, ''), nullif(s.display_name, '')) AS carrier,
       CASE WHEN s.sim_id >= 0 THEN s.sim_id END AS slot
  FROM siminfo s;
