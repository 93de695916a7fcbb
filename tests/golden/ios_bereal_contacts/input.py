"""The app keeps each list as a JSON file of its own, named by a hash."""
import json, os, sys


def cached(folder, name, value):
    full = os.path.join(sys.argv[1], "private/var/mobile/Containers/Data/Application/6F1C/Library/Caches", folder)
    os.makedirs(full, exist_ok=True)
    with open(os.path.join(full, name), "wb") as f:
        f.write(value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode())


cached("disk-bereal-RelationshipsContactsManager-contact", "BFF2", {"object": [
    {"givenName": "Zoë", "middleName": "", "familyName": "Müller", "nickName": "Z", "organizationName": "Bäckerei", "phoneNumbers": ["+447700900123", "07700 900456", None, 7, {"of": "another type"}]},
    {"givenName": "", "middleName": "", "familyName": "", "nickName": "", "organizationName": "Only a firm", "phoneNumbers": "of another type"},
    {"completeName": "Sam 😀", "phoneNumbers": []},
    {}, "a text", None, 7, ["list"]]})
cached("disk-bereal-RelationshipsFriendsListManager", "5D0D", {"object": [
    {"id": "XcGNCWomJHgq", "username": "Sam.B", "fullname": "Sam B", "status": "accepted", "statusUpdatedAt": 700000000}]})
cached("disk-bereal-RelationshipsRequestSentListManager", "9F71", {"object": [{"id": "YYY", "username": "nell", "status": "sent", "statusUpdatedAt": 1e18}]})
cached("disk-bereal-RelationshipsRequestReceivedListManager", "21AE", {"object": []})
cached("disk-bereal-BlockedUserManager", "8B96", {"object": [{"id": "ZZZ", "username": "badguy", "fullname": "", "blockedDate": 700000060.5}]})
cached("disk-bereal-Production_FriendsStorage.following", "0A1B.following", {"object": {"relationship": "following", "users": [{"id": "FFF", "username": "star"}]}})
cached("PersonRepository", "77AA", {"object": {"id": "PPP", "username": "pat", "fullname": "Pat", "biography": "liberté", "relationship": {"status": "accepted", "friendedAt": 700000120}}})
cached("PersonRepository", "77AB", b'{"object": [{"id": "cut off"')
cached("PersonRepository", "77AC", {"object": "text"})
