-- artifact: ios/calendar
-- about:    calendar entries
-- record:   event
-- app:      Calendar
-- files:    */Library/Calendar/Calendar.sqlitedb
-- tested:   the documented schema

-- when: CalendarItem(ROWID, summary, start_date, end_date, calendar_id, ?description, ?location_id, ?organizer_id), ?Calendar(ROWID, ?self_identity_email), ?Location(ROWID, title, ?address), ?Participant(ROWID, owner_id, email, ?phone_number)
SELECT i._origin,
       nullif(c.self_identity_email, '')  AS account,
       nullif(i.summary, '')              AS title,
       nullif(i.description, '')          AS text,
       cocoa_s(i.start_date)              AS started_at,
       cocoa_s(i.end_date)                AS ended_at,
       nullif(coalesce(l.title, '') || CASE WHEN l.title <> '' AND l.address <> '' THEN ', ' ELSE '' END || coalesce(l.address, ''), '') AS place,
       -- Those invited, and who invites.
       (SELECT json_group_array(s) FROM (SELECT coalesce(nullif(p.email || '', ''), 'phone:' || nullif(p.phone_number, '')) AS s FROM Participant p WHERE p.owner_id = i.ROWID OR p.ROWID = i.organizer_id)
         WHERE s IS NOT NULL HAVING count(*) > 0) AS participants
  FROM CalendarItem i
  LEFT JOIN Calendar c ON c.ROWID = i.calendar_id
  LEFT JOIN Location l ON l.ROWID = i.location_id;
