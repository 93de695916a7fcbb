-- artifact: ios/interactions/contacts
-- about:    people whom any app had to do with, as the system counts them
-- record:   contact
-- app:      Interactions
-- files:    */CoreDuet/People/interactionC.db
-- tested:   the documented schema

-- when: ZCONTACTS(Z_PK, ZIDENTIFIER, ZDISPLAYNAME, ?ZCREATIONDATE, ?ZLASTINCOMINGSENDERDATE, ?ZLASTINCOMINGRECIPIENTDATE, ?ZLASTOUTGOINGRECIPIENTDATE)
SELECT c._origin,
       nullif(c.ZDISPLAYNAME, '')    AS name,
       CASE WHEN c.ZIDENTIFIER <> '' THEN json_array(c.ZIDENTIFIER || '') END AS selectors,
       cocoa_s(c.ZCREATIONDATE)      AS created_at,
       nullif(max(coalesce(cocoa_s(c.ZLASTINCOMINGSENDERDATE), 0), coalesce(cocoa_s(c.ZLASTINCOMINGRECIPIENTDATE), 0), coalesce(cocoa_s(c.ZLASTOUTGOINGRECIPIENTDATE), 0)), 0) AS last_contacted_at
  FROM ZCONTACTS c;
