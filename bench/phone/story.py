"""The sample phone of `make run`: a handset found in a cell of HMP Fernhill, a prison that does not exist.

Callum is eight months into a sentence and owes money to Tyrell on his wing. Reece, outside, is to send something over the
wall; a number that is in nobody's contacts gives the orders and does the threatening. Callum's mother hears of it. A clip
from the cell goes up on TikTok. On the last evening he tidies up: what he deleted is what matters.

Lines are "day time who: text {marks}", in February 2024, UTC. "me" is the owner. Marks: deleted, wal (only in the WAL),
wal-deleted, image, clip, voice, quote, forwarded, edited=first wording, revoked, react=emoji, expires.
"""

import calendar
import random
import re

from . import plan as plans
from .library import CAMERA
from .world import Chat, Msg, Person

OWNER = Person('Callum', 'Rudge', '+447700900417')
SECOND = Person('Callum', 'Rudge', '+447700900980')   # the other SIM, for the dual app
PEOPLE = {
    'mum': Person('Janice', 'Rudge', '+447700900112', name='Mum'),
    'jodie': Person('Jodie', 'Rudge', '+447700900154', name='Jodie sis'),
    'leanne': Person('Leanne', 'Fallow', '+447700900233', name='Leanne ❤️'),
    'reece': Person('Reece', 'Garside', '+447700900571', name='Reece G'),
    'tyrell': Person('Tyrell', 'Denby', '+447700900348', name='Big T'),
    'marek': Person('Marek', 'Norbury', '+447700900639', name='Marek N'),
    'kofi': Person('Kofi', 'Lowther', '+447700900745', name='Kofi'),
    'owen': Person('Owen', 'Penhale', '+447700900806', name='Owen bus'),
    'varley': Person('Oakham', 'and Varley', '+441632960181', name='Solicitor'),
    'taxi': Person('Station', 'Cars', '+441632960044', name='Taxi'),
    'x': Person('', '', '+447700900862', name='', contact=False),       # the number that matters
    'y': Person('', '', '+447700900019', name='', contact=False),
    'amber': Person('Amber', 'Zeller', '+447700900290', contact=False),  # known only from TikTok
    'yusuf': Person('Yusuf', 'Yarrow', '+447700900678', contact=False),  # known only from Instagram
}

MUM = '''
12 18:42 mum: Is this your new number love? Jodie gave it me
12 18:51 me: Yeah mum. Dont ring it just text, evenings only
12 18:53 mum: You said you wouldn't have one of them again. They will add days
12 18:55 me: Its fine. How is nan
12 18:58 mum: Hip is no better. She asks when you're home every day
12 19:02 me: Tell her November
14 20:11 mum: Happy valentines to my boy x {react=❤️}
14 20:30 me: 😂 cheers mum
16 19:20 mum: Callum a man came to the door asking for you. Wouldn't give a name
16 19:21 mum: He knew our Jodie's name
16 19:44 me: What did he look like
16 19:47 mum: Tall, grey jacket. Said you owe and it is my problem now. I am frightened
16 19:50 me: Dont answer the door again. I will sort it
16 19:52 mum: Sort it how from in there?
18 17:05 mum: I put £60 on your canteen. That is all I have till pension
18 18:15 me: You didnt have to. Love you
22 19:31 mum: They've rung the house phone now. Please tell an officer. Please
22 19:58 me: Cant mum. You know I cant {edited=Cant mum. You know what happens to grasses}
22 20:04 mum: Then I will
22 20:05 me: Mum no. Give me till the weekend
27 21:12 mum: I haven't slept. I have written it all down for the visit
27 21:40 me: After thursday its finished I promise {wal}
27 21:44 mum: You said that in January {wal}
'''
LEANNE = '''
12 22:10 me: Guess who
12 22:12 leanne: No way. Are you mad? 😂
12 22:15 me: Missed you
13 21:00 leanne: Alfie drew you this at nursery {image}
13 21:03 me: Thats going on the wall
13 21:04 me: Wish I could see his face {voice}
15 21:30 leanne: Visit is booked for the 24th, 2pm. Bring the VO number
15 21:33 me: Its on its way
19 22:02 leanne: Somebody messaged me about you. Says he's called Reece
19 22:09 me: Hes alright. He might drop you an envelope. Just hold it {wal-deleted}
19 22:10 leanne: I'm not holding anything Cal. I've got Alfie here
19 22:11 me: Ok forget it {revoked}
20 21:47 leanne: I mean it. Whatever it is keep it away from this house
20 21:55 me: I hear you. Sorry
24 17:30 leanne: You looked thin today. Are you eating?
24 21:10 me: Food is food. Was good to see him
26 22:15 leanne: Why is there a video of you on tiktok?? {image}
26 22:21 me: Its just a laugh. Marek put the music on
26 22:23 leanne: You can see the window Callum. Anybody can see where that is
26 22:30 me: I will take it down
27 22:05 leanne: Its still up {wal}
'''
REECE = '''
13 22:31 reece: Yo its me. You settled?
13 22:33 me: Getting there. G wing now
17 21:15 reece: Spoke to the people. They can do thursday week
17 21:18 me: How much
17 21:20 reece: 400 for the lot, half first. Tell your mum or whoever to send it {deleted}
17 21:22 me: Leave my mum out of it
17 21:24 reece: Then your bird {deleted}
17 21:25 me: I said no. I will get it in from Kofis cousin
19 22:40 reece: Sent L a message, she went off on me
19 22:41 me: I told you
21 21:02 reece: Picture of the parcel, so you know what comes {image} {deleted}
21 21:04 me: Thats bigger than last time
21 21:05 reece: Two phones and the other things you asked. Drone man says its within weight {deleted}
21 21:07 me: When
21 21:08 reece: Thursday 29th, late. You will hear it before you see it {deleted}
21 21:10 me: Not my window. They spun us twice this week {deleted}
21 21:12 reece: Then whose? {deleted}
21 21:15 me: Ask T. He has someone on the twos {wal-deleted}
23 20:30 reece: Half is paid. The rest or it dont fly
23 20:36 me: Monday
26 20:44 reece: Its monday
26 20:59 me: Its done. Check {image}
26 21:03 reece: Safe 👍🏽
27 21:50 reece: All set for thursday. Dont use this number after {wal}
27 21:52 me: Deleting everything tonight {wal}
27 21:53 reece: Good {wal}
'''
UNKNOWN = '''
16 20:15 x: Nice house your mum has. Green door
16 20:16 x: 900 by the end of the month
16 20:22 me: Who is this
16 20:23 x: You know who. T said you would be sensible
18 21:00 x: Thursday is ours, not yours. You carry it in, we call it 500
18 21:05 me: I dont work for you {deleted}
18 21:06 x: Then we visit the green door again {forwarded}
18 21:31 me: Leave her alone. I will do it {deleted}
22 21:20 x: The lad who brings it has your mums address in case you forget {deleted}
25 20:01 x: Say the word to anyone and it isn't only the windows
25 20:10 me: Its happening. Thursday {quote}
27 21:30 x: We will be listening. Last chance Callum {wal}
'''
TYRELL = '''
12 21:40 tyrell: New phone who dis 😂
12 21:42 me: Rudge. 3-14
12 21:43 tyrell: Then you know you owe
14 21:10 tyrell: 300 was January. Its 500 now
14 21:12 me: I said I would sort it when my mums money came
19 21:00 tyrell: Somebody will be in touch. Do what he says and we are straight
19 21:05 me: He went to my mums house
19 21:06 tyrell: Not my business how they work
21 21:31 me: They need a window on the twos
21 21:35 tyrell: Leave that with me {deleted}
25 21:05 tyrell: You better not be talking
27 21:20 tyrell: Bin that phone when its done {wal}
'''
GROUP = '''
13 19:00 system: created
13 19:01 marek: Gym on tuesday or not
13 19:02 kofi: Cancelled again, short staffed
13 19:04 me: Third week running
15 20:11 kofi: Who took my kettle
15 20:12 marek: 😂😂
15 20:13 me: Not me bro
18 19:40 marek: Na zdrowie to Kofi, 30 today {react=🎉}
18 19:42 kofi: Cheers lads
20 20:20 kofi: They spun 3-14 this morning, all clear {quote}
20 20:21 me: Dogs as well
25 22:00 marek: Watch this, 400 views already {clip}
25 22:02 kofi: Mad man you can see the bars
25 22:03 me: Take my face off it
25 22:05 marek: Too late its on your account 😂
26 21:20 kofi: Officer asked me who has tiktok
26 21:22 me: Say nothing
27 21:57 marek: Phones away lads, search team on the landing {wal}
'''
DUAL = '''
22 22:10 y: This is the line for thursday
22 22:12 me: Ok
22 22:13 y: Read it and delete it {deleted}
24 22:20 y: Same man as the door. He waits by the retail park
24 22:22 me: Not near the school run
26 22:40 y: 11pm. You confirm from the inside {wal-deleted}
27 22:01 me: Confirmed {wal}
'''
SMS = '''
12 17:55 y: Welcome to your new plan. Top up any time
12 18:30 me: Its Cal. New number, save it. Tell mum
12 18:34 jodie: ok. be careful x
16 19:25 jodie: mum is crying whats going on
16 19:55 me: Tell her not to open the door
21 12:05 varley: Mr Rudge, your hearing is confirmed for 11 March. Please do not reply
24 12:40 owen: Bus is at 1.15 from the station, Leanne is on it
26 18:02 jodie: im telling the prison if you dont {deleted}
26 18:20 me: Two days Jode. Please
27 20:45 jodie: she rang the safer custody line. im glad {wal}
'''
SNAP = '''
20 22:00 reece: You up
20 22:01 me: Always
20 22:02 reece: Dont put things on whatsapp
20 22:04 me: It deletes itself on here anyway
21 22:10 reece: T wants his cut in the same bag {wal-deleted}
21 22:11 me: He can want {wal-deleted}
25 22:11 leanne: Night x
25 22:12 me: Night. Kiss him for me
27 22:10 reece: Thursday {wal}
'''
INSTA = '''
22 13:00 yusuf: Is that really you on tiktok? From inside??
22 20:40 me: Who wants to know
22 20:44 yusuf: We were at school. Yarrow. Your mum ok? Saw her at the shop, she looked bad
22 20:50 me: She will be
26 21:40 yusuf: 2k views mate. Somebody tagged the prison
26 21:44 me: Which somebody
'''
TIKTOK = '''
25 21:55 me: New one up {clip}
25 22:20 amber: omg is that a cell 😂
25 22:25 me: Hotel fernhill
26 19:10 amber: they reported it my mate works there
26 19:30 me: Tell your mate to mind his own {deleted}
26 19:31 amber: just saying
'''


def when(day, clock, n=0):
    hour, minute = clock.split(':')
    return calendar.timegm((2024, 2, int(day), int(hour), int(minute), (n * 17 + int(day)) % 60)) * 1000 + (n * 137) % 1000


def read(text, chat):
    """The lines of one conversation as messages."""
    for n, line in enumerate(text.strip().split('\n')):
        day, clock, who, rest = re.match(r'(\d+) (\S+) (\w+): (.*)', line).groups()
        marks = re.findall(r' \{([^}]*)\}', rest)
        body, at, how, kind, extra = re.sub(r' \{[^}]*\}', '', rest), when(day, clock, n), None, 'text', {}
        sender = None if who in ('me', 'system') else PEOPLE[who]
        if who == 'system':
            kind, body, extra = 'system', None, {'action': 11}
        for mark in marks:
            name, _, value = mark.partition('=')
            if name in ('deleted', 'wal', 'wal-deleted'):
                how = name
            elif name == 'image':
                kind, extra = 'image', {'media': 'picture'}
            elif name == 'clip':
                kind, extra = 'video', {'media': 'clip', 'share': True}
            elif name == 'voice':
                kind, body, extra = 'audio', None, {'media': 'voice'}
            elif name == 'quote':
                extra['quote'] = True
            elif name == 'forwarded':
                extra['forwarded'] = 4
            elif name == 'edited':
                extra.update(edited=at + 95000, before=value)
            elif name == 'revoked':
                kind, extra = 'revoked', {'revoked': at + 240000}
            elif name == 'react':
                extra['reactions'] = [(None if sender else chat.peer, value, at + 61000)]
        yield Msg(chat, sender, at, kind, body, how, extra)


def together(*conversations):
    return iter(sorted((m for c in conversations for m in c), key=lambda m: (m.how == 'wal', m.at)))


class StoryWorld:
    """What the writers ask of a world."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.owner, self.second = OWNER, SECOND
        self.start, self.end = when(11, '14:00'), when(28, '06:10')
        self.contacts = [p for p in PEOPLE.values() if p.contact]
        self.unknown = [p for p in PEOPLE.values() if not p.contact]
        self.everyone = self.contacts + self.unknown
        self.chats = [Chat(i, peer=p) for i, p in enumerate(PEOPLE.values())]
        self.group = Chat(len(self.chats), name='3 landing gym', members=[PEOPLE['marek'], PEOPLE['kofi']],
                          created=when(13, '19:00'))
        self.chats.append(self.group)


def plan(seed):
    world = StoryWorld(seed)
    plan = plans.Plan(world)
    plan.story = True
    chat = dict(zip(PEOPLE, world.chats))
    p = PEOPLE
    plan.whatsapp = [
        dict(profile='0', package='com.whatsapp', owner=OWNER, old=False,
             messages=together(read(MUM, chat['mum']), read(LEANNE, chat['leanne']), read(REECE, chat['reece']),
                               read(UNKNOWN, chat['x']), read(TYRELL, chat['tyrell']), read(GROUP, world.group)),
             calls=[(p['mum'], False, when(16, '19:35'), 0, False, None), (p['leanne'], True, when(17, '22:30'), 754, True, None),
                    (p['x'], False, when(18, '21:10'), 92, False, None), (p['reece'], True, when(21, '21:20'), 311, False, None),
                    (p['x'], False, when(25, '20:15'), 47, False, None)],
             contacts=[q for q in world.contacts if q.number.startswith('+447') and q is not p['kofi']]),
        dict(profile='95', package='com.whatsapp', owner=SECOND, old=False, messages=together(read(DUAL, chat['y'])),
             calls=[(p['y'], True, when(26, '22:45'), 28, False, None)], contacts=None)]
    everyone = {'y': chat['y'], 'jodie': chat['jodie'], 'varley': chat['varley'], 'owen': chat['owen']}

    def mixed(text, chats):
        """One block over several conversations: "me" answers whoever spoke last, or `jodie` first."""
        last = next(iter(chats))
        for n, line in enumerate(text.strip().split('\n')):
            who = line.split(' ')[2].rstrip(':')
            last = who if who != 'me' else last if last in ('jodie', 'reece', 'leanne') else 'jodie'
            for m in read(line, chats[last]):
                m.at += n * 1000
                yield m
    plan.sms = together(mixed(SMS, everyone))
    plan.snapchat = together(mixed(SNAP, {'reece': chat['reece'], 'leanne': chat['leanne']}))
    plan.instagram = together(read(INSTA, chat['yusuf']))
    plan.tiktok = together(read(TIKTOK, chat['amber']))
    plan.mms = [(p['jodie'], False, when(24, '13:20'), 'Alfie at the gate', 'picture')]
    plan.calls = [(p['mum'], 'missed', when(16, '19:30'), 0, None), (p['taxi'], 'out', when(17, '16:02'), 41, None),
                  (p['x'], 'in', when(18, '20:55'), 133, None), (p['jodie'], 'out', when(19, '20:40'), 305, None),
                  (p['x'], 'in', when(22, '21:15'), 75, 'deleted'), (p['y'], 'out', when(24, '22:30'), 19, None),
                  (p['varley'], 'missed', when(26, '11:02'), 0, None), (p['leanne'], 'out', when(26, '22:35'), 612, None)]
    plan.deleted_contacts = [Person('Dazza', 'fly', '+447700900333', name='Dazza fly')]
    visits = (('search?q=hmp+fernhill+visiting+times', 'hmp fernhill visiting times', 'Visiting HMP Fernhill', 12, '20:20'),
              ('search?q=can+police+read+deleted+whatsapp', 'can police read deleted whatsapp', 'Can deleted messages come back?', 19, '22:50'),
              ('news/fernhill-drone', None, 'Second drone found at Fernhill prison', 20, '21:30'),
              ('search?q=added+days+for+having+a+phone+in+prison', 'added days for having a phone in prison', 'Adjudications explained', 22, '22:10'),
              ('weather/fernhill/thursday', None, 'Weather for Fernhill: Thursday', 24, '22:02'),
              ('@callum_417/video/7339', None, 'callum_417 on TikTok', 25, '21:58'),
              ('search?q=how+to+wipe+a+samsung+a12', 'how to wipe a samsung a12', 'Factory reset', 27, '21:54'),
              ('samaritans', None, 'Somebody to talk to', 23, '23:40'))
    for i, (path, term, title, day, clock) in enumerate(sorted(visits, key=lambda v: (v[3], v[4]))):
        plan.chrome.append(('https://www.example.org/' + path, title, when(day, clock), term,
                            'deleted' if 'wipe' in path else None))
    plan.firefox = [('https://www.example.org/odds', 'Boxing odds', when(17, '22:00'), None, None),
                    ('https://www.example.org/loans', 'Small loans, bad credit', when(18, '21:40'), None, None)]
    plan.downloads = [('https://www.example.org/img/vo.jpg', 'visiting_order.jpg', when(15, '21:40'), 4096)]
    cell, yard = None, (53.204117, -1.482406)   # no position fix indoors
    for kind, stem, clock, place, mood in (('picture', 'DCIM/Camera/20240213_212233', (13, '21:22'), cell, 'bars'),
                                           ('picture', 'DCIM/Camera/20240214_203055', (14, '20:30'), cell, None),
                                           ('picture', 'DCIM/Camera/20240221_120501', (21, '12:05'), yard, None),
                                           ('picture', 'DCIM/Camera/20240225_214110', (25, '21:41'), cell, 'bars'),
                                           ('picture', 'DCIM/Camera/20240226_205812', (26, '20:58'), yard, None)):
        plan.pictures.append((kind, stem, when(*clock), 'com.sec.android.app.camera', place, CAMERA, mood,
                              when(27, '21:55') if '20240221' in stem else None))
    plan.pictures.append(('screenshot', 'DCIM/Screenshots/Screenshot_20240226-205901_Bank', when(26, '20:59'), 'com.android.systemui', None, None, None, None))
    plan.pictures.append(('screenshot', 'DCIM/Screenshots/Screenshot_20240226-222000_TikTok', when(26, '22:20'), 'com.android.systemui', None, None, None, None))
    plan.pictures.append(('clip', 'DCIM/Camera/1708898060417', when(25, '21:54'), 'com.zhiliaoapp.musically', None, None, 'bars', None))
    plan.posts = [when(25, '21:55')]
    plan.accounts = [('com.google', 'fernhill.cal@example.org', when(11, '14:20')), ('com.whatsapp', 'WhatsApp', when(12, '18:20')),
                     ('com.zhiliaoapp.musically', 'TikTok', when(25, '21:10'))]
    plan.packages = [('com.android.settings', 'Settings', 30, when(1, '09:00'), None, 1000)] + [
        (package, name, code, when(11 + i // 3, '15:0%d' % i), 'com.android.vending', 10200 + i)
        for i, (package, name, code) in enumerate(plans.APPS) if package != 'com.whatsapp.w4b']
    plan.packages.append(('com.example.vault', 'Calculator', 12, when(20, '22:30'), 'com.google.android.packageinstaller', 10230))
    plan.removed = [('org.telegram.messenger', 'Telegram', 40000, when(13, '21:00'), 'com.android.vending', 10199)]
    plan.wifi = [('Leanne-Home', 'invented-key-1', '02:00:00:44:55:01'), ('FernhillStaffGuest', None, '02:00:00:44:55:02'),
                 ('G3-hotspot', 'invented-key-2', '02:00:00:44:55:03')]
    plan.filler = 60
    return plan
