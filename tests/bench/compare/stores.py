"""Peers that keep a store of many captures, of trees and of large files alike."""
import os

from .program import Program, place


class Restic(Program):
    name = binary = package = "restic"
    version_command = ("version",)

    def prepare(self):
        self.snapshots = []
        self.environment.update(RESTIC_REPOSITORY=self.store, RESTIC_PASSWORD="bench",
                                RESTIC_CACHE_DIR=os.path.join(self.folder, "cache"))
        # Version 1 of its format cannot compress.
        self.run("restic", "init", "--quiet", "--repository-version", "2")

    def capture(self, source):
        folder, name = place(source)
        usage = self.run("restic", "backup", "--quiet", "--json", "--compression", "auto", name, cwd=folder)
        self.snapshots.append(self.printed("snapshot_id"))
        return usage

    def list_difference(self):
        return self.run("restic", "diff", "--quiet", *self.snapshots[-2:])

    def restore(self, target):
        return self.run("restic", "restore", "--quiet", self.snapshots[-1], "--target", target)


class Borg(Program):
    name = binary = "borg"
    package = "borgbackup"
    options = ("--compression", "zstd,1")

    def prepare(self):
        self.captures = 0
        self.environment.update(BORG_REPO=self.store, BORG_BASE_DIR=os.path.join(self.folder, "base"),
                                BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK="yes")
        self.run("borg", "init", "--encryption", "none")

    def capture(self, source):
        folder, name = place(source)
        usage = self.run("borg", "create", *self.options, f"::{self.captures + 1}", name, cwd=folder)
        self.captures += 1
        return usage

    def list_difference(self):
        return self.run("borg", "diff", f"::{self.captures - 1}", self.captures)

    def restore(self, target):
        os.makedirs(target)
        return self.run("borg", "extract", f"::{self.captures}", cwd=target)


class BorgPages(Borg):
    """A chunk for each page: the smallest growth that borg can have on an image, for the longest time."""
    name = "borg 4K"
    options = ("--compression", "lz4", "--chunker-params", "fixed,4096")
