-- artifact: ios/notes
-- about:    notes of the Notes app
-- record:   note
-- app:      Notes
-- files:    */NoteStore.sqlite
-- omits:    rows that are no notes: accounts, folders, attachments, devices
-- tested:   real data of iOS 15

-- when: ZICCLOUDSYNCINGOBJECT(Z_PK, ZTITLE1, ?ZNOTEDATA, ?ZFOLDER, ?ZTITLE2, ?ZCREATIONDATE1, ?ZCREATIONDATE3, ?ZMODIFICATIONDATE1, ?ZMARKEDFORDELETION, ?ZSNIPPET, ?ZFOLDERTYPE), ?ZICNOTEDATA(Z_PK, ZDATA)
SELECT n._origin,
       n.ZTITLE1                                  AS title,
       -- A locked note's text is encrypted: then only its first words may be kept beside it.
       coalesce(CASE WHEN substr(d.ZDATA, 1, 2) = x'1f8b' THEN protobuf_text(gunzip(d.ZDATA), '2.3.2') END, n.ZSNIPPET) AS text,
       cocoa_s(coalesce(n.ZCREATIONDATE3, n.ZCREATIONDATE1)) AS created_at,
       cocoa_s(n.ZMODIFICATIONDATE1)              AS modified_at,
       f.ZTITLE2                                  AS folder,
       CASE WHEN n.ZMARKEDFORDELETION = 1 OR f.ZFOLDERTYPE = 1 THEN 1 ELSE 0 END AS trashed
  FROM ZICCLOUDSYNCINGOBJECT n
  LEFT JOIN ZICNOTEDATA d ON d.Z_PK = n.ZNOTEDATA
  LEFT JOIN live_ZICCLOUDSYNCINGOBJECT f ON f.Z_PK = n.ZFOLDER
 WHERE n.ZNOTEDATA IS NOT NULL OR n.ZTITLE1 IS NOT NULL;
