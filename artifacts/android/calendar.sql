-- artifact: android/calendar
-- about:    calendar entries
-- record:   event
-- app:      Calendar
-- files:    */com.android.providers.calendar/databases/calendar.db
-- tested:   the documented schema

-- when: Events(_id, calendar_id, title, dtstart, dtend, ?description, ?eventLocation, ?duration), ?Calendars(_id, account_name, account_type), ?Attendees(event_id, attendeeEmail)
SELECT e._origin,
       CASE WHEN c.account_type <> 'LOCAL' THEN nullif(c.account_name, '') END AS account,
       nullif(e.title, '')           AS title,
       nullif(e.description, '')     AS text,
       unix_ms(e.dtstart)            AS started_at,
       -- One that repeats has no end but a duration: P3600S, P1D.
       coalesce(unix_ms(e.dtend), unix_ms(e.dtstart + CASE WHEN e.duration GLOB 'P[1-9]*S' AND e.duration NOT GLOB 'P*[^0-9]*S' THEN substr(e.duration, 2, length(e.duration) - 2) * 1000
                                                          WHEN e.duration GLOB 'P[1-9]*D' AND e.duration NOT GLOB 'P*[^0-9]*D' THEN substr(e.duration, 2, length(e.duration) - 2) * 86400000 END)) AS ended_at,
       nullif(e.eventLocation, '')   AS place,
       (SELECT nullif(json_group_array(CAST(a.attendeeEmail AS TEXT)), '[]') FROM Attendees a WHERE a.event_id = e._id AND a.attendeeEmail <> '') AS participants
  FROM Events e
  LEFT JOIN Calendars c ON c._id = e.calendar_id;
