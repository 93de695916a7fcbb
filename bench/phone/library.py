"""The media files of the phone, and what MediaStore or Photos will say about them."""

import hashlib
import time

from . import pictures

MIME = {'picture': 'image/jpeg', 'screenshot': 'image/png', 'clip': 'video/mp4', 'voice': 'audio/ogg; codecs=opus',
        'document': 'application/pdf'}
CAMERA = ('samsung', 'SM-A125F')


class Item:
    __slots__ = ('path', 'kind', 'mime', 'size', 'width', 'height', 'duration', 'at', 'taken', 'make', 'model',
                 'latitude', 'longitude', 'owner', 'sha256', 'present', 'trashed', 'url')


class Library:
    def __init__(self, tree, rng, limit):
        self.tree, self.rng, self.limit, self.items = tree, rng, limit, []
        self._clip = None

    def new(self, kind, path, at, owner, place=None, camera=None, mood=None, url=None, trashed=None):
        """Makes one file at `path` (of the evidence). After `limit` files only the reference remains: the file itself
        has been deleted from the phone. `at` in ms."""
        item = Item()
        item.path, item.kind, item.mime, item.at, item.owner, item.url = path, kind, MIME[kind], at, owner, url
        item.width = item.height = item.duration = item.latitude = item.longitude = item.make = item.model = None
        item.taken, item.trashed = None, trashed
        item.present = len(self.items) < self.limit
        data = self._bytes(item, place, camera, mood) if item.present else b''
        item.size = len(data) if item.present else 20000 + at % 90000
        item.sha256 = hashlib.sha256(data or path.encode()).hexdigest()
        if item.present:
            self.tree.add(path, data, at // 1000)
            self.items.append(item)
        return item

    def _bytes(self, item, place, camera, mood):
        rng, at = self.rng, item.at
        if item.kind == 'voice':
            item.duration = 3 + rng.randrange(20)
            return pictures.opus(rng, item.duration)
        if item.kind == 'document':
            return ('%%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%% visiting order %d\ntrailer<</Root 1 0 R>>\n%%%%EOF\n'
                    % rng.randrange(10 ** 9)).encode()
        if item.kind == 'screenshot':
            item.width, item.height = 160, 240
            return pictures.png(pictures.mosaic(rng, 40, 60, mood))
        item.width, item.height = 320, 240
        if item.kind == 'clip':
            if self._clip is None:   # frames are dear in Python: clips share most of them
                self._clip = [pictures.jpeg(pictures.mosaic(rng, 40, 30, mood)) for _ in range(5)]
            item.duration = 3
            return pictures.mp4(self._clip + [pictures.jpeg(pictures.mosaic(rng, 40, 30, mood))], 320, 240, at // 1000)
        exif = b''
        if camera:
            item.taken, (item.make, item.model) = at // 1000 * 1000, camera
            if place:
                item.latitude, item.longitude = place
            exif = pictures.exif(*camera, time.strftime('%Y:%m:%d %H:%M:%S', time.gmtime(at // 1000)), *(place or ()))
        return pictures.jpeg(pictures.mosaic(rng, 40, 30, mood), exif)


def on_phone(profile, path):
    """/storage/emulated/<user>/... as the phone's own databases name a file of the evidence."""
    return path.replace('data/media/%s/' % profile, '/storage/emulated/%s/' % profile, 1)


def data_dir(profile, package):
    return 'data/data/%s' % package if profile == '0' else 'data/user/%s/%s' % (profile, package)
