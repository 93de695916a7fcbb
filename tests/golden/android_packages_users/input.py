import os, sys

for user, rows in (("0", """<pkg name="com.whatsapp" first-install-time="%x" />
  <pkg name="com.example.für" first-install-time="0" stopped="true" nl="true" />
  <pkg name="com.example.far" first-install-time="7fffffffffffffff" inst="true"><disabled-components><item name="x" /></disabled-components></pkg>
  <pkg name="com.example.only.of.user10" inst="false" first-install-time="%x" />
  <pkg />""" % (1678307200000, 1678307200000)), ("10", """<pkg name="com.example.only.of.user10" first-install-time="%x" />""" % 1678307260000)):
    folder = os.path.join(sys.argv[1], "data/system/users", user)
    os.makedirs(folder)
    with open(os.path.join(folder, "package-restrictions.xml"), "w", encoding="utf-8") as f:
        f.write("<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n<package-restrictions>\n  %s\n</package-restrictions>\n" % rows)
