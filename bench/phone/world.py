"""Who and what the phone is about: its owner, people, chats, pictures, sites. All invented."""

import random

# Numbers that Ofcom keeps free for drama: the mobiles first, then landlines when a phone has very many contacts.
_RANGES = (('447700900', 1000), ('441632960', 1000), ('441134960', 1000), ('441144960', 1000), ('441154960', 1000),
           ('441164960', 1000), ('441174960', 1000), ('441184960', 1000), ('441214960', 1000), ('441314960', 1000),
           ('441414960', 1000), ('441514960', 1000), ('441614960', 1000), ('441914980', 1000), ('442079460', 1000))

FIRST = ('Dean Kerry Mohammed Leanne Tyrell Shanice Callum Bethan Ife Rhys Jodie Marek Chloe Anton Priya Gary Nadia '
         'Liam Tegan Kofi Amber Stefan Megan Yusuf Donna Craig Zara Lewis Paige Owen Sadia Reece Carly Emeka Holly '
         'Darren Aisha Scott Ellie Joel').split()
LAST = ('Ashdown Barlow Cattrall Denby Eastwick Fallow Garside Hexley Ingleby Jarrow Kestle Lowther Mardale Norbury '
        'Oakham Penhale Quarmby Rudge Selwick Thorley Umber Varley Wexham Yarrow Zeller Brindle Coyle Draycott '
        'Elstow Farrant').split()

OPENERS = ('you about', 'call me', 'not now', 'did you get it', 'tell her', 'on the wing', 'after tea', 'he said',
           'no signal earlier', 'got your message', 'what time', 'same as last time', 'ring mum', 'they moved me',
           'back behind the door', 'visit is', 'heard about', 'nothing yet', 'money went in', 'can you sort')
MIDDLES = ('tomorrow', 'friday', 'before bang up', 'on the new landing', 'with the papers', 'for the kids',
           'at the solicitor', 'on the bus', 'near the station', 'with the trainers', 'when the shop opens',
           'about the hearing', 'in the other account', 'at her mums', 'by the weekend', 'if it rains')
CLOSERS = ('ok', 'yeah', 'love you', 'dont worry', 'let me know', 'delete this', 'safe', 'speak later', 'x',
           'thats all', '😂', 'inshallah', 'na zdrowie', '👍🏽', 'не сейчас', '“quoted”', "it's fine; really", 'ok?\nok')


class Person:
    def __init__(self, first, last, number, name=None, contact=True):
        self.first, self.last, self.number, self.contact = first, last, number, contact
        self.name = name or ' '.join(x for x in (first, last) if x)
        self.digits = number.lstrip('+')
        low = (first + (last or '')).lower()
        self.handle = '%s_%s' % (low, self.digits[-3:])
        self.email = '%s.%s@example.org' % (first.lower(), self.digits[-4:])
        self.user_id = '6%018d' % (int(self.digits) * 977 % 10 ** 18)   # of TikTok and the like
        self.short_id = str(int(self.digits) * 31 % 10 ** 10 + 10 ** 10)  # of Instagram
        n = int(self.digits) * 0x9e3779b97f4a7c15f39cc0605cedc834 % (1 << 128)
        h = '%032x' % n
        self.uuid = '-'.join((h[:8], h[8:12], '4' + h[13:16], 'a' + h[17:20], h[20:]))

    @property
    def jid(self):
        return self.digits + '@s.whatsapp.net'

    @property
    def local(self):
        """As a person in Britain types it."""
        return '0' + self.digits[2:]


class Chat:
    """Between the owner and `peer`, or of the group `members` named `name`."""

    def __init__(self, index, peer=None, name=None, members=(), created=0):
        self.index, self.peer, self.name, self.members, self.created = index, peer, name, list(members), created

    @property
    def group_jid(self):
        return '1203630%011d@g.us' % (self.index * 7919 + 40102030405)


class Msg:
    """What happened, for any messenger. `sender` None means the owner of the phone. `how`: None (live, in the database
    file), 'wal' (live, only in the WAL), 'deleted' (from the database file), 'wal-deleted' (deleted in the WAL, so the
    old page in the database file still has it). `extra`: media, quoted, forwarded, edited, revoked, reactions, ..."""
    __slots__ = ('chat', 'sender', 'at', 'kind', 'body', 'how', 'extra')

    def __init__(self, chat, sender, at, kind, body, how=None, extra=None):
        self.chat, self.sender, self.at, self.kind, self.body, self.how = chat, sender, at, kind, body, how
        self.extra = extra or {}


def numbers(rng):
    for prefix, count in _RANGES:
        block = list(range(count))
        rng.shuffle(block)
        for n in block:
            yield '+%s%03d' % (prefix, n)


class World:
    """A random phone of the wanted size."""
    start, end = 1693526400000, 1709251200000   # 2023-09-01 to 2024-03-01, ms

    def __init__(self, seed, contacts, media):
        self.rng = random.Random(seed)
        rng = self.rng
        pool = numbers(rng)
        self.pool = pool
        self.owner = self._person(pool)
        self.second = Person(self.owner.first, self.owner.last, next(pool))   # the same man's other SIM
        self.contacts = [self._person(pool) for _ in range(max(contacts, 3))]
        self.unknown = [Person('', '', next(pool), name='', contact=False) for _ in range(max(2, contacts // 8))]
        self.everyone = self.contacts + self.unknown
        self.chats = [Chat(i, peer=p) for i, p in enumerate(self.everyone[:400])]
        for i in range(max(1, min(len(self.everyone) // 12, 30))):
            members = rng.sample(self.everyone, min(len(self.everyone), rng.randrange(3, 12)))
            self.chats.append(Chat(len(self.chats), name=rng.choice(LAST) + ' ' + rng.choice(('lads', 'family', 'wing',
                                   'gym', 'money')), members=members, created=self.start - 86400000 * (i + 1)))
        self.media_count = media

    def _person(self, pool):
        return Person(self.rng.choice(FIRST), self.rng.choice(LAST), next(pool))

    def sentence(self):
        r = self.rng.getrandbits(40)
        words = OPENERS[r % 20] + ' ' + MIDDLES[(r >> 8) % 16]
        if r >> 16 & 3:
            words += ' ' + CLOSERS[(r >> 20) % 18]
        return words

    def messages(self, count, chats=None, share_deleted=0.02, share_wal=0.02):
        """`count` messages, oldest first; every fiftieth or so deleted, the newest in the WAL."""
        rng, chats = self.rng, chats or self.chats
        step = (self.end - self.start) // max(count, 1)
        in_wal = min(max(2, int(count * share_wal)), 1000)
        deleted = set(rng.sample(range(count), min(max(2, int(count * share_deleted)), 400, count)))
        run = range(0)
        if count >= 2000:   # a cleared chat: a run long enough to free whole pages
            at = rng.randrange(count // 4, count // 2)
            run = range(at, at + min(300, count // 40))
        openers, middles, closers, bits = OPENERS, MIDDLES, CLOSERS, rng.getrandbits
        at, n_chats = self.start, len(chats)
        for i in range(count):
            r = bits(64)
            # A few chats have most of the traffic.
            chat = chats[(r & 0xffff) * (r >> 16 & 0xffff) // 0xffff * n_chats >> 16]
            r >>= 32
            at += step // 2 + (r & 0xffff) % (step or 1)
            if chat.peer is not None:
                sender = chat.peer if r & 1 else None
            else:
                pick = (r >> 1 & 0xff) % (len(chat.members) + 1)
                sender = chat.members[pick] if pick < len(chat.members) else None
            body = openers[(r >> 9) % 20] + ' ' + middles[(r >> 14) & 15]
            if r >> 18 & 3:
                body += ' ' + closers[(r >> 20) % 18]
            kind, how, extra = 'text', None, None
            if i % 29 == 11:
                kind, extra = self._special(i, at)
                if kind != 'text':
                    body = extra.pop('body', None)
            if i in deleted or i in run:
                kind, body, extra = 'text', '%s no. %d' % (body or 'gone', i), None
                how = 'wal-deleted' if i % 4 == 0 and i not in run else 'deleted'
            elif i >= count - in_wal:
                how = 'wal'
            yield Msg(chat, sender, at, kind, body, how, extra)

    def _special(self, i, at):
        n = i // 29 % 12
        rng = self.rng
        if n in (0, 1):
            return 'image', {'media': 'picture', 'body': 'look at this' if n else None}
        if n == 2:
            return 'audio', {'media': 'voice'}
        if n == 3:
            return 'video', {'media': 'clip', 'body': 'clip %d' % i}
        if n == 4:
            return 'location', {'latitude': round(53.2 + rng.random() / 4, 6), 'longitude': round(-1.5 - rng.random() / 4, 6),
                                'place': 'Fernhill Retail Park'}
        if n == 5:
            return 'contact', {'body': None, 'vcard': rng.choice(self.contacts)}
        if n == 6:
            return 'text', {'edited': at + 60000, 'before': 'first wording %d' % i}
        if n == 7:
            return 'revoked', {'revoked': at + 45000}
        if n == 8:
            return 'text', {'reactions': [(rng.choice(self.everyone), rng.choice(('👍', '❤️', '😂', '🙏')), at + 9000)]}
        if n == 9:
            return 'text', {'quote': True}
        if n == 10:
            return 'text', {'forwarded': 1 + i % 5}
        return 'file', {'media': 'document', 'body': None}
