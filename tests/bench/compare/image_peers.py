"""Peers for one large file that changes in place."""
import os
import shutil

from .program import CORES, Program
from .stores import Borg, BorgPages, Restic


class Zstd(Program):
    """No history: the whole image each time."""
    name = "zstd -1"
    binary = package = "zstd"

    def capture(self, source):
        self.file = os.path.join(self.store, f"{len(os.listdir(self.store)):03}.zst")
        return self.run("zstd", "-q", "-1", "-T" + CORES, source, "-o", self.file)

    def restore(self, target):
        os.makedirs(target)
        return self.run("zstd", "-dq", self.file, "-o", os.path.join(target, "memory.img"))


class Rebase(Program):
    """An overlay on the new image, rebased to the old one: qemu-img compares both and keeps what differs."""
    name = "qemu-img rebase"
    binary = "qemu-img"
    package = "qemu-utils"
    script = ('qemu-img create -q -f qcow2 -o cluster_size=4k -b "$1" -F raw "$3" && '
              'qemu-img rebase -b "$2" -F raw "$3"')

    def prepare(self):
        self.old = os.path.join(self.folder, "old.img")
        self.captures = 0

    def before_change(self, source):
        shutil.copyfile(source, self.old)

    def capture(self, source):
        if not os.path.exists(self.old):
            return None
        self.captures += 1
        self.delta = os.path.join(self.store, f"{self.captures}.qcow2")
        return self.run_shell(self.script, source, self.old, self.delta)

    def restore(self, target):
        os.makedirs(target)
        return self.run("qemu-img", "convert", "-O", "raw", self.delta, os.path.join(target, "memory.img"))


IMAGE_PEERS = (Zstd, Restic, BorgPages, Borg, Rebase)
