import json, os, sys

folder = os.path.join(sys.argv[1], "private/var/mobile/Containers/Data/Application/6F1C/Library/Caches/disk-bereal-MemoriesRepository-subject-key")
os.makedirs(folder)
with open(os.path.join(folder, "2C43"), "w", encoding="utf-8") as f:
    json.dump({"object": [
        {"id": "77nxgaz", "isLate": True, "memoryDate": 700000000, "memoryDay": "2023-03-08", "primary": {"url": "https://example.org/Photos/a/post/1.webp", "size": [1500, 2000]},
         "secondary": {"url": "https://example.org/Photos/a/post/2.webp"}, "thumbnail": {"url": "https://example.org/t.webp"}},
        {"id": "fHa7VXn", "memoryDate": 1e18, "memoryDay": "far away", "caption": "À la plage 🏖", "primary": "of another type"},
        {}, None, "text"]}, f, ensure_ascii=False)
with open(os.path.join(folder, "2C44"), "w", encoding="utf-8") as f:
    f.write('{"object": [{"id": "cut off"')
with open(os.path.join(folder, "2C45"), "w", encoding="utf-8") as f:
    f.write('{"object": {"id": "no list"}}')
