"""Peers that know trees only."""
import os
import shutil
import time

from .program import CORES, Program
from .stores import Borg, Restic


class Squash(Program):
    """No history: one compressed image for each capture, so that the whole tree is packed each time."""
    name = binary = "mksquashfs"
    package = "squashfs-tools"
    version_command = ("-version",)
    options = ("-comp", "zstd", "-Xcompression-level", "1", "-noappend", "-no-progress", "-quiet")

    def capture(self, source):
        self.image = os.path.join(self.store, f"{len(os.listdir(self.store)):03}.squashfs")
        return self.run("mksquashfs", source, self.image, *self.options, "-processors", CORES)

    def capture_unchanged(self, source):
        return None

    def restore(self, target):
        return self.run("unsquashfs", "-quiet", "-no-progress", "-processors", CORES, "-dest", target, self.image)


class Tar(Program):
    """GNU tar's incremental archives: every file with a new time, whole."""
    name = "tar -g"
    binary = "tar"
    package = "tar zstd"
    script = f'tar -C "$1" -g "$2" -cf - . | zstd -q -1 -T{CORES} -o "$3"'

    def prepare(self):
        self.archives = []

    def missing(self):
        return super().missing() or ("" if shutil.which("zstd") else "not installed: apt-get install zstd")

    def capture(self, source):
        archive = os.path.join(self.store, f"{len(self.archives):03}.tar.zst")
        usage = self.run_shell(self.script, source, os.path.join(self.folder, "listed"), archive)
        self.archives.append(archive)
        return usage

    def restore(self, target):
        os.makedirs(target)
        script = 'cd "$1"; shift; for archive; do zstd -dcq "$archive" | tar -g /dev/null -xpf - || exit; done'
        return self.run_shell(script, target, *self.archives)


class Git(Program):
    """No backup (no owners, times, empty folders): the yardstick for finding nothing to do, and for a difference."""
    name = binary = package = "git"

    def prepare(self):
        who = {f"GIT_{role}_{what}": "bench" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        self.environment.update(who, GIT_DIR=self.store, GIT_CONFIG_NOSYSTEM="1")
        self.run("git", "init", "--quiet")
        # As somebody would set it up for a large tree of large files; no housekeeping while others are measured.
        for key, value in (("feature.manyFiles", "true"), ("core.compression", "1"), ("core.bigFileThreshold", "1m"),
                           ("gc.auto", "0"), ("maintenance.auto", "false"), ("core.bare", "false"),
                           ("checkout.workers", CORES)):
            self.run("git", "config", key, value)

    def capture(self, source):
        return self.run_shell("git add -A && git commit --quiet --allow-empty -m capture", GIT_WORK_TREE=source,
                              cwd=source)

    def capture_unchanged(self, source):
        return self.run_shell("git add -A && git status --porcelain", GIT_WORK_TREE=source, cwd=source)

    def list_difference(self):
        return self.run("git", "diff-tree", "-r", "--name-status", "HEAD~1", "HEAD")

    def restore(self, target):
        os.makedirs(target)
        return self.run("git", "checkout", "--quiet", "--force", "HEAD", "--", ".", cwd=target, GIT_WORK_TREE=target,
                        GIT_INDEX_FILE=os.path.join(self.folder, "index"))


class Duplicity(Program):
    name = binary = package = "duplicity"

    def prepare(self):
        self.options = ("--no-encryption", "--archive-dir", os.path.join(self.folder, "archive"))
        self.url = "file://" + self.store

    def capture(self, source):
        time.sleep(1.1)  # a capture is named by its second
        return self.run("duplicity", *self.options, "--volsize", "500", source, self.url)

    def restore(self, target):
        return self.run("duplicity", "restore", *self.options, self.url, target)


class RdiffBackup(Program):
    """The last capture as a plain tree, and the differences back to the older ones."""
    name = binary = package = "rdiff-backup"

    def capture(self, source):
        time.sleep(1.1)  # a capture is named by its second
        return self.run("rdiff-backup", "--api-version", "201", "--no-fsync", "backup", source, self.store)

    def restore(self, target):
        # As root, 2.2 cannot restore through its version 201.
        return self.run("rdiff-backup", "--api-version", "200", "restore", self.store, target)


TREE_PEERS = (Squash, Restic, Borg, Tar, Git, Duplicity, RdiffBackup)
