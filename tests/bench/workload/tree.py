"""What a tree is, exactly: to name it by a digest, and to hold a restored one against the original."""
import hashlib
import os
import stat
from collections import namedtuple

from .content import MIB

# link: the first path of the same file, so that two trees compare without their inode numbers
Entry = namedtuple("Entry", "kind content mode owner mtime_ns xattrs link")


def entries(root):
    """{path: Entry} of everything below root. Not of root: a restore is told where to go."""
    found, first_paths = {}, {}
    for base, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(folders + names):
            path = os.path.join(base, name)
            relative = os.path.relpath(path, root)
            status = os.lstat(path)
            link = relative if stat.S_ISDIR(status.st_mode) else first_paths.setdefault(status.st_ino, relative)
            found[relative] = entry(path, status, link)
    return found


def entry(path, status, link):
    return Entry(stat.S_IFMT(status.st_mode), content(path, status), stat.S_IMODE(status.st_mode),
                 (status.st_uid, status.st_gid), status.st_mtime_ns, xattrs(path), link)


def content(path, status):
    if stat.S_ISLNK(status.st_mode):
        return os.readlink(path)
    if not stat.S_ISREG(status.st_mode):
        return ""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(MIB):
            digest.update(block)
    return digest.hexdigest()


def xattrs(path):
    names = sorted(os.listxattr(path, follow_symlinks=False))
    return [(name, os.getxattr(path, name, follow_symlinks=False)) for name in names]


def digest(root):
    """Without owners and times: who makes a tree, and when, is not what a seed decides."""
    total = hashlib.sha256()
    for path, found in sorted(entries(root).items()):
        total.update(repr((path, found._replace(owner=None, mtime_ns=None))).encode())
    return total.hexdigest()


def differences(original, restored):
    """{what differs: (how many paths, the first of them)}; empty when the trees are equal."""
    a, b = entries(original), entries(restored)
    found = {"missing": sorted(a.keys() - b.keys()), "unexpected": sorted(b.keys() - a.keys())}
    for field in Entry._fields:
        found[field] = [path for path in sorted(a.keys() & b.keys())
                        if getattr(a[path], field) != getattr(b[path], field)]
    return {what: (len(paths), paths[0]) for what, paths in found.items() if paths}
