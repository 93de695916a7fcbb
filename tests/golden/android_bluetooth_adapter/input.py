import os, sys

folder = os.path.join(sys.argv[1], "data/misc/bluedroid")
os.makedirs(folder)
with open(os.path.join(folder, "bt_config.conf"), "w", encoding="utf-8") as f:
    f.write("""[Info]
FileSource = Empty
TimeCreated = 2023-01-01 10:00:00
Name = no device

[Adapter]
Address = 00:1a:7d:da:71:13
LE_LOCAL_KEY_IRK = 00112233445566778899aabbccddeeff
ScanMode = 0
Name = Zoë’s phone

[a0:b1:c2:d3:e4:f5]
Timestamp = 1678307200
Name = Käfer = car
DevClass = 2360344
LinkKey = 00112233445566778899aabbccddeeff

[A0:B1:C2:00:00:01]
Name = WH-1000
Aliase = My headphones
Timestamp = 99999999999999

[a0:b1:c2:00:00:02]
""")

