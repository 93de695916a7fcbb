-- artifact: android/firefox/visits
-- about:    pages opened in Firefox
-- record:   visit
-- app:      Firefox
-- files:    */places.sqlite
-- tested:   Firefox for Android on a made phone (milliseconds); Firefox's own history on real data (microseconds)

-- when: moz_historyvisits(id, place_id, visit_date, from_visit), moz_places(id, url, title, ?visit_count, ?visit_count_local)
SELECT v._origin,
       p.url                                      AS url,
       p.title                                    AS title,
       -- Android's library stores milliseconds, the desktop's microseconds: a thousand times apart, so the size tells.
       CASE WHEN v.visit_date > 100000000000000 THEN unix_us(v.visit_date) ELSE unix_ms(v.visit_date) END AS at,
       coalesce(p.visit_count, p.visit_count_local) AS count,
       f.url                                      AS referrer
  FROM moz_historyvisits v
  LEFT JOIN moz_places p ON p.id = v.place_id
  LEFT JOIN live_moz_historyvisits b ON b.id = v.from_visit
  LEFT JOIN moz_places f ON f.id = b.place_id;
