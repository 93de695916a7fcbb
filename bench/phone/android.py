"""Writes a plan as an Android phone."""

from . import browsers, mediastore, social, system, telephony, whatsapp, whatsapp_old
from .library import Library

ENDING = {'picture': '.jpg', 'screenshot': '.png', 'clip': '.mp4'}


class Phone:
    def __init__(self, plan, tree, truth, media):
        self.plan, self.world, self.tree, self.truth = plan, plan.world, tree, truth
        self.sims, self.device = plan.sims, plan.device
        self.mtime = plan.world.end // 1000 + 3600
        self.library = Library(tree, plan.world.rng, media)


def build(plan, tree, truth, media):
    phone = Phone(plan, tree, truth, media)
    for kind, stem, at, owner, place, camera, mood, trashed in plan.pictures:
        path = 'data/media/0/%s%s' % (stem, ENDING[kind])
        if path not in tree.entries:
            phone.library.new(kind, path, at, owner, place, camera, mood, trashed=trashed)
    for url, name, at, _ in plan.downloads:
        phone.library.new('picture', 'data/media/0/Download/' + name, at, 'com.android.chrome', url=url)
    for account in plan.whatsapp:
        if account['old']:
            whatsapp_old.write(phone, account['profile'], account['owner'], account['messages'])
            if account['contacts'] is not None:
                whatsapp_old.contacts(phone, account['profile'], account['contacts'])
            continue
        store = whatsapp.Msgstore(phone, account['profile'], account['package'], account['owner'])
        store.write(account['messages'], account['calls'])
        if account['contacts'] is not None:
            store.contacts(account['contacts'], [c for c in plan.world.chats if c.peer is None])
    telephony.messages(phone, plan.sms, plan.mms)
    telephony.calls(phone, plan.calls)
    telephony.contacts(phone, plan.contacts, plan.deleted_contacts)
    telephony.sims(phone)
    social.tiktok(phone, plan.tiktok, plan.posts)
    social.snapchat(phone, plan.snapchat)
    social.instagram(phone, plan.instagram)
    browsers.chrome(phone, plan.chrome, plan.downloads)
    browsers.firefox(phone, plan.firefox)
    mediastore.write(phone)
    system.accounts(phone, plan.accounts)
    system.packages(phone, plan.packages, plan.removed)
    system.wifi(phone, plan.wifi)
    system.device(phone)
    filler(phone, plan.filler)


def filler(phone, count):
    """Files that no artifact wants, as most of a phone's are."""
    rng = phone.world.rng
    for i in range(count):
        package = 'com.example.app%d' % (i % 40)
        what = i % 4
        if what == 0:
            path, data = 'data/data/%s/cache/%08x.0' % (package, i), rng.randbytes(200 + i % 3000)
        elif what == 1:
            path, data = 'data/data/%s/shared_prefs/prefs_%d.xml' % (package, i), '<map>\n    <int name="n" value="%d" />\n</map>\n' % i
        elif what == 2:
            path, data = 'data/data/%s/files/log/%06d.txt' % (package, i), 'started at %d\n' % i * (1 + i % 50)
        else:
            path, data = 'data/app/%s-1/lib/arm64/lib%d.so' % (package, i), b'\x7fELF' + bytes(200 + i % 900)
        phone.tree.add(path, data, phone.mtime - i % 100000)
