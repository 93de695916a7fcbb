"""The files of the phone while they are made, and their packing into a zip or a folder."""

import os
import shutil
import tempfile
import time
import zipfile

# Already compressed, or too big to be worth zlib's slower levels.
STORED = ('.jpg', '.jpeg', '.png', '.mp4', '.opus', '.webp')
BIG = 16 << 20


class Tree:
    def __init__(self):
        self.staging = tempfile.mkdtemp(prefix='make-phone-')
        self.entries = {}   # path -> (mtime in s, bytes or None, staged file or None)
        self.databases = []  # kept open until the tree is packed: closing one would check-point its WAL
        self._staged = 0

    def add(self, path, data, mtime):
        """One file with these bytes. `mtime` in seconds since 1970."""
        if isinstance(data, str):
            data = data.encode()
        self._enter(path, mtime, data, None)

    def add_staged(self, path, source, mtime):
        """One file that lies in the staging folder."""
        self._enter(path, mtime, None, source)

    def stage(self):
        """A fresh path in the staging folder."""
        self._staged += 1
        return os.path.join(self.staging, '%06d' % self._staged)

    def _enter(self, path, mtime, data, source):
        if path in self.entries:
            raise ValueError('two files at ' + path)
        self.entries[path] = (int(mtime), data, source)

    def write_zip(self, out):
        partial = out + '.partial'
        with zipfile.ZipFile(partial, 'w', allowZip64=True) as z:
            for path in sorted(self.entries):
                mtime, data, source = self.entries[path]
                info = zipfile.ZipInfo(path, time.gmtime(max(mtime, 315532800))[:6])
                info.create_system = 3
                info.external_attr = 0o100660 << 16
                info.compress_type = zipfile.ZIP_STORED if path.endswith(STORED) else zipfile.ZIP_DEFLATED
                if source is None:
                    z.writestr(info, data, compresslevel=6)
                    continue
                size = os.path.getsize(source)
                info._compresslevel = 1 if size > BIG else 6
                info.file_size = size
                with open(source, 'rb') as f, z.open(info, 'w') as w:
                    shutil.copyfileobj(f, w, 1 << 20)
        os.replace(partial, out)

    def write_folder(self, out):
        for path in sorted(self.entries):
            mtime, data, source = self.entries[path]
            name = os.path.join(out, path)
            os.makedirs(os.path.dirname(name), exist_ok=True)
            if source is None:
                with open(name, 'wb') as f:
                    f.write(data)
            else:
                shutil.copyfile(source, name)
            os.utime(name, (mtime, mtime))

    def close(self):
        for db in self.databases:
            db.close()
        shutil.rmtree(self.staging, ignore_errors=True)
