import os, sys

folder = os.path.join(sys.argv[1], "data/system/usagestats")
os.makedirs(folder)
with open(os.path.join(folder, "usage-history.xml"), "w", encoding="utf-8") as f:
    f.write("""<?xml version='1.0' encoding='utf-8' standalone='yes' ?>
<usage-history version="1">
<pkg name="com.android.phone"><comp name="com.android.phone.InCallScreen" lrt="1678307200000" /><comp name="com.android.phone.Ünlock" lrt="0" /></pkg>
<pkg name="com.example.empty" />
<pkg><comp lrt="9223372036854775807" /></pkg>
<pkg name="com.example.odd"><comp name="x" lrt="soon" /></pkg>
</usage-history>
""")
