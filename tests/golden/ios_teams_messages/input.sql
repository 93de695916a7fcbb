-- path: private/var/mobile/Containers/Shared/AppGroup/6F1C/SkypeSpacesDogfood/7A2B/SkypeSpacesDogfood-0001.sqlite
CREATE TABLE ZSMESSAGE (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZEDITTIME INTEGER, ZTSID INTEGER, ZTS_ISSENTBYME INTEGER, ZTS_ISSTARREDBYME INTEGER, ZARRIVALTIME TIMESTAMP, ZCONTENT VARCHAR,
  ZDELETETIME VARCHAR, ZFROM VARCHAR, ZMESSAGETYPE VARCHAR, ZTHREADID VARCHAR, ZTS_MESSAGEBASETYPE VARCHAR, ZTS_MESSAGECONTENTTYPE VARCHAR);
INSERT INTO ZSMESSAGE VALUES
  (1, 30, 1, NULL, 1678307200250, 0, 0, 700000000.25, 'Bist du da? 😀', NULL, '8:live:.cid.00000000000000b2', 'Text', '19:uni01_a@thread.v2', 'text', 'text'),
  (2, 30, 1, 1678307320000, 1678307260000, 1, 1, 700000060, '<div>Ja, <b>gleich</b></div>', NULL, '8:live:.cid.00000000000000a1', 'RichText/Html', '19:uni01_a@thread.v2', 'richtext', 'html'),
  (3, 30, 1, 0, 1678307320000, 0, 0, 700000120, '<div><img alt="Media" itemtype="http://schema.skype.com/AMSImage" src="https://example.org/objects/1"></div>', NULL, '8:live:.cid.00000000000000b2', 'RichText/Html', '19:uni01_a@thread.v2', 'richtext', 'html'),
  (4, 30, 1, NULL, 1678307380000, 1, 0, 700000180, '<div><video itemtype="http://schema.skype.com/AMSVideo" src="https://example.org/objects/2"></div>', NULL, '8:live:.cid.00000000000000a1', 'RichText/Html', '19:uni01_a@thread.v2', 'richtext', 'html'),
  (5, 30, 1, NULL, 1678307440000, 0, 0, 700000240, '<topicupdate><value>Fête</value></topicupdate>', NULL, '19:uni01_a@thread.v2', 'ThreadActivity/TopicUpdate', '19:uni01_a@thread.v2', 'threadactivity', 'topicupdate'),
  (6, 30, 1, NULL, 1678307500000, 0, 0, 700000300, NULL, '1678307560000', '8:live:.cid.00000000000000b2', 'Text', '19:uni01_a@thread.v2', 'text', 'text'),
  (7, 30, 1, 7, -1, 77, 77, 1e18, 'of no thread', 'not a time', NULL, NULL, NULL, NULL, NULL),
  (8, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
