"""Writes a plan as an iPhone (a full file system: private/var/...)."""

from . import ios_apps, ios_messages, ios_system
from .android import Phone
from .ios_messages import HOME
from .world import Msg


def build(plan, tree, truth, media):
    phone = Phone(plan, tree, truth, media)
    for n, (kind, stem, at, owner, place, camera, mood, trashed) in enumerate(plan.pictures, 1):
        ending = {'picture': 'JPG', 'screenshot': 'PNG', 'clip': 'MP4'}[kind]
        owner = {'com.zhiliaoapp.musically': owner}.get(owner, 'com.apple.camera' if kind == 'picture' else 'com.apple.springboard')
        phone.library.new(kind, HOME + 'Media/DCIM/100APPLE/IMG_%04d.%s' % (n, ending), at, owner, place,
                          camera and ('Apple', 'iPhone 8'), mood, trashed=trashed)
    account = plan.whatsapp[0]
    ios_apps.whatsapp(phone, account['messages'], account['calls'], plan.world.everyone)
    texts = plan.sms
    if plan.story:   # the same people, so that the story can be told on either phone
        texts = iter(sorted(list(plan.sms) + [Msg(m.chat, m.sender, m.at, m.kind, m.body, m.how, m.extra) for m in plan.snapchat],
                            key=lambda m: (m.how == 'wal', m.at)))
    ios_messages.messages(phone, texts)
    ios_messages.calls(phone, plan.calls)
    ios_messages.contacts(phone, plan.contacts, plan.deleted_contacts)
    ios_apps.safari(phone, plan.chrome)
    ios_apps.photos(phone)
    ios_system.accounts(phone)
    ios_system.sim(phone)
    ios_system.wifi(phone, plan.wifi)
    ios_system.apps(phone)
    for i in range(plan.filler):
        tree.add('private/var/mobile/Containers/Data/Application/%s/Library/Caches/%06d.bin' % (ios_messages.guid('filler', i % 40), i),
                 plan.world.rng.randbytes(200 + i % 3000), phone.mtime - i % 100000)
