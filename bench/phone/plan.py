"""What happened on the phone. A plan is filled at random (here) or by a story (story.py); android.py and ios.py write it."""

import time

from .library import CAMERA
from .world import Msg

DAY = 86400000
TITLES = ('Train times', 'Prison visits: how to book', 'Weather for the week', 'Second-hand phones', 'Boxing results',
          'How to get a mortgage', 'Recipe: chicken and rice', 'Solicitors near me', 'Cheap trainers', 'Bus timetable')
APPS = (('com.whatsapp', 'WhatsApp Messenger', 240381005), ('com.whatsapp.w4b', 'WhatsApp Business', 240381010),
        ('com.zhiliaoapp.musically', 'TikTok', 330704030), ('com.snapchat.android', 'Snapchat', 93302),
        ('com.instagram.android', 'Instagram', 371513019), ('org.mozilla.firefox', 'Firefox', 2015996831),
        ('com.android.chrome', 'Chrome', 609912933))


class Plan:
    """Messages are iterables of world.Msg, oldest first. Everything else is a list; see the writers for the tuples."""
    story = False

    def __init__(self, world):
        self.world = world
        self.whatsapp = []       # dicts: profile, package, owner, messages, calls, contacts (None: no wa.db), old
        self.sms, self.mms, self.calls, self.contacts, self.deleted_contacts = [], [], [], world.contacts, []
        self.tiktok, self.posts, self.snapchat, self.instagram = [], [], [], []
        self.chrome, self.downloads, self.firefox = [], [], []
        self.accounts, self.packages, self.removed, self.wifi = [], [], [], []
        self.pictures = []       # (kind, folder and stem, at, owner package, place, camera, mood, trashed at)
        self.sims = sims(world)
        self.device = device(world)
        self.filler = 0


def sims(world):
    """The SIM in the phone now and one that was in it before."""
    out = []
    for i, (person, carrier, mnc) in enumerate(((world.owner, 'giffgaff', '10'), (world.second, 'Lebara', '15'))):
        digits = '%010d' % (int(person.digits) * 6007 % 10 ** 10)
        out.append({'iccid': '894420' + luhn('0000%s' % digits[:9]), 'imsi': '234%s%s' % (mnc, digits), 'msisdn': person.number,
                    'carrier': carrier, 'mnc': mnc, 'slot': 0 if i == 0 else -1, 'seen': world.start + i * DAY})
    return out


def luhn(digits):
    total = 0
    for i, c in enumerate(reversed(digits)):
        d = int(c) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return digits + str(-total % 10)


def device(world):
    serial = 'RF8R%07X' % (int(world.owner.digits) * 7919 & 0xfffffff)
    imei = luhn('35' + '%012d' % (int(world.owner.digits) * 8117 % 10 ** 12))
    return {'props': (('ro.product.manufacturer', 'samsung'), ('ro.product.model', 'SM-A125F'), ('ro.build.version.release', '11'),
                      ('ro.build.version.sdk', '30'), ('ro.build.id', 'RP1A.200720.012'), ('ro.serialno', serial)),
            'android_id': '%016x' % (int(world.owner.digits) * 0x9e3779b97f4a7c15 & (1 << 64) - 1),
            'name': "%s's A12" % world.owner.first, 'bluetooth': '5C:CB:99:%02X:%02X:%02X' % tuple(world.owner.digits.encode()[-3:]),
            'imei': imei, 'serial': serial}


def random_plan(world, messages, media, files):
    plan, rng = Plan(world), world.rng
    small = min(max(messages // 20, 12), 2000)
    one = [c for c in world.chats if c.peer is not None]
    people = world.everyone
    plan.filler = files
    camera = max(2, media // 3)
    for i in range(camera):
        at = world.start + (world.end - world.start) * i // camera
        if i % 5 == 4:
            plan.pictures.append(('screenshot', 'DCIM/Screenshots/Screenshot_%s_Chrome' % stamp(at), at, 'com.android.systemui',
                                  None, None, None, None))
        else:
            place = (round(53.1 + rng.random() / 5, 6), round(-1.6 + rng.random() / 5, 6)) if i % 3 else None
            plan.pictures.append(('picture', 'DCIM/Camera/%s' % stamp(at), at, 'com.sec.android.app.camera', place, CAMERA,
                                  None, at + DAY if i % 11 == 7 else None))

    def calls(n):
        out = []
        for i in range(n):
            group = rng.choice(world.chats) if i % 9 == 8 else None
            out.append((rng.choice(people), rng.random() < 0.5, world.start + i * DAY // 3, rng.choice((0, 7, 65, 1204)), i % 4 == 0,
                        group if group and group.peer is None else None))
        return out

    def openings(chats):
        for c in chats:
            if c.peer is None:
                yield Msg(c, None, c.created, 'system', None, None, {'action': 11})

    def main_messages():
        yield from openings(world.chats)
        yield from world.messages(messages)
    plan.whatsapp = [
        dict(profile='0', package='com.whatsapp', owner=world.owner, messages=main_messages(), calls=calls(small // 2),
             contacts=[p for i, p in enumerate(world.contacts) if i % 2 == 0] + world.unknown[:2], old=False),
        dict(profile='0', package='com.whatsapp.w4b', owner=world.second, messages=world.messages(small, one), calls=calls(6),
             contacts=world.contacts, old=False),
        dict(profile='95', package='com.whatsapp', owner=world.second, messages=world.messages(small), calls=calls(6),
             contacts=None, old=False),
        dict(profile='10', package='com.whatsapp', owner=world.second, messages=world.messages(small), calls=[],
             contacts=world.contacts[:5], old=True)]
    plan.sms = world.messages(small, one)
    plan.mms = [(rng.choice(people), i % 2 == 0, world.start + i * DAY * 7 + 5000, 'mms %d' % i, 'picture') for i in range(5)]
    kinds = ('in', 'out', 'missed', 'out', 'rejected', 'in', 'voicemail')
    plan.calls = [(rng.choice(people), kinds[i % 7], world.start + i * DAY // 5, 0 if kinds[i % 7] in ('missed', 'rejected') else 30 + i % 600,
                   'deleted' if i % 23 == 9 else None) for i in range(small)]
    plan.deleted_contacts = [world._person(world.pool) for _ in range(2)] if len(world.contacts) < 900 else []
    plan.tiktok, plan.snapchat, plan.instagram = (world.messages(small, one[:20]) for _ in range(3))
    for i in range(small):
        n = i % 40
        term = 'how to %d' % n if n % 6 == 0 else None
        url = 'https://www.example.org/search?q=how+to+%d' % n if term else 'https://www.example.org/page/%d' % n
        visit = (url, TITLES[n % 10] + ' %d' % n, world.start + i * DAY // 4, term, 'deleted' if n == 17 else None)
        plan.chrome.append(visit)
        if i % 3 == 0 and n != 17:
            plan.firefox.append(visit)
    plan.downloads = [('https://cdn.example.org/f/%d.jpg' % i, 'file%d.jpg' % i, world.start + i * DAY, 1000 + i) for i in range(3)]
    plan.accounts = [('com.google', world.owner.email, world.start), ('com.whatsapp', 'WhatsApp', world.start + DAY),
                     ('com.zhiliaoapp.musically', 'TikTok', world.start + 2 * DAY)]
    plan.packages = packages(world)
    plan.removed = [('org.telegram.messenger', 'Telegram', 40000, world.start + DAY, 'com.android.vending', 10199)]
    plan.wifi = [('NET-%04d' % rng.randrange(10000), 'invented-key-%d' % i, '02:00:00:44:55:%02x' % i) for i in range(4)] + [('Café & Co', None, '02:00:00:44:66:01')]
    return plan


def packages(world):
    out = [('com.android.settings', 'Settings', 30, world.start - 400 * DAY, None, 1000)]
    for i, (package, name, code) in enumerate(APPS):
        out.append((package, name, code, world.start + i * 3600000, 'com.android.vending', 10200 + i))
    out.append(('com.example.vault', 'Calculator', 12, world.start + 5 * DAY, 'com.google.android.packageinstaller', 10230))
    return out


def stamp(at):
    return time.strftime('%Y%m%d_%H%M%S', time.gmtime(at // 1000))
