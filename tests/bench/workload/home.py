"""A home directory that a generator writes into."""
import errno
import os
import random
import stat
import zlib

MADE_AT = 1_709_280_000  # what is made with the home is older than this, whatever the clock says
OLDEST_SECONDS = 2 * 365 * 86400


class Home:
    def __init__(self, root, content, seed, scale):
        self.root, self.content, self.seed, self.scale = root, content, seed, scale

    def rng(self, topic):
        """Each topic has its own numbers: another kind of file added leaves the others as they were."""
        return random.Random(f"{self.seed}:{topic}")

    def scaled(self, number):
        return max(1, round(number * self.scale))

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, data, mode=0o644):
        self.make_parent(name)
        with open(self.path(name), "wb") as file:
            file.write(data)
        os.chmod(self.path(name), mode)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def replace(self, name, data):
        """As most programs save: a temporary file, renamed over the old one."""
        self.write(name + ".part", data, stat.S_IMODE(os.stat(self.path(name)).st_mode))
        os.rename(self.path(name + ".part"), self.path(name))

    def make_parent(self, name):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)

    def files(self, folder, *endings):
        """The regular files below a folder, sorted, so that a choice among them depends on the seed alone."""
        found = []
        for base, _, names in os.walk(self.path(folder)):
            paths = (os.path.join(base, name) for name in names if not endings or name.endswith(endings))
            found += [os.path.relpath(path, self.root) for path in paths if stat.S_ISREG(os.lstat(path).st_mode)]
        return sorted(found)

    def tag(self, name, key, value):
        """Not every file system has extended attributes; a home without them is a home too."""
        try:
            os.setxattr(self.path(name), "user." + key, value)
        except OSError as error:
            if error.errno != errno.ENOTSUP:
                raise

    def age(self):
        """Gives everything a time of the last two years. Folders come after what is in them."""
        for base, folders, names in os.walk(self.root, topdown=False):
            for name in sorted(names) + sorted(folders) + ["."]:
                path = os.path.normpath(os.path.join(base, name))
                number = zlib.crc32(os.path.relpath(path, self.root).encode())
                when = (MADE_AT - number % OLDEST_SECONDS) * 10**9 + number % 10**9
                os.utime(path, ns=(when, when), follow_symlinks=False)

    def summary(self):
        seen = {}
        for base, _, names in os.walk(self.root):
            for status in (os.lstat(os.path.join(base, name)) for name in names):
                if stat.S_ISREG(status.st_mode):
                    seen[status.st_ino] = status.st_size
        return {"files": len(seen), "bytes": sum(seen.values()), "content": self.content.origin}
