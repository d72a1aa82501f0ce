"""What we want to be, beside whom. Shares of a peer's time and bytes in the same run, or limits on our own."""
from collections import namedtuple

from .deskloom import OURS

W1_FIRST, W1_SAME, W1_STEP, W1_LIST, W1_RESTORE, W1_MEMORY = (
    "W1 first capture", "W1 nothing changed", "W1 after ten minutes", "W1 list the difference",
    "W1 restore all, exact", "W1 peak memory")
W2_FIRST, W2_STEP, W2_RANGES, W2_RESTORE, W2_MEMORY = (
    "W2 first capture", "W2 after 3 % dirtied, no bitmap", "W2 the same with the ranges given",
    "W2 restore, exact", "W2 peak memory")
OPERATIONS = (W1_FIRST, W1_SAME, W1_STEP, W1_LIST, W1_RESTORE, W1_MEMORY,
              W2_FIRST, W2_STEP, W2_RANGES, W2_RESTORE, W2_MEMORY)
# Rows without a time: their bytes are the most that any command of the workload held in memory.
MEMORY = {"W1": W1_MEMORY, "W2": W2_MEMORY}

Aim = namedtuple("Aim", "operation peer time size", defaults=(None, None))
AIMS = (
    Aim(W1_FIRST, "mksquashfs", time=0.8),
    Aim(W1_FIRST, "restic", time=0.25, size=1.0),
    Aim(W1_SAME, "git", time=0.5),
    Aim(W1_SAME, "restic", time=0.05),
    Aim(W1_STEP, "tar -g", time=0.3),
    Aim(W1_STEP, "restic", time=0.15),
    Aim(W1_STEP, "duplicity", size=0.6),
    Aim(W1_LIST, "git", time=1.0),
    Aim(W1_LIST, "restic", time=0.05),
    Aim(W1_RESTORE, "mksquashfs", time=0.7),
    Aim(W1_RESTORE, "restic", time=0.25),
    Aim(W2_FIRST, "zstd -1", time=0.6),
    Aim(W2_FIRST, "restic", time=0.25, size=0.95),
    Aim(W2_STEP, "qemu-img rebase", time=0.25),
    Aim(W2_STEP, "borg 4K", size=0.55),
    Aim(W2_RESTORE, "borg 4K", time=0.3),
    Aim(W2_RESTORE, "borg", time=0.3),
    Aim(W2_RESTORE, "restic", time=0.3),
)
LIMITS_BYTES = {W1_SAME: 64_000, W1_MEMORY: 150 << 20, W2_MEMORY: 150 << 20}


def aim_for(operation, peer):
    found = [aim for aim in AIMS if (aim.operation, aim.peer) == (operation, peer)]
    return found[0] if found else None


def is_repeated(operation, program):
    """A peer that no aim names is measured once: it is there to compare with, and some take minutes."""
    return program == OURS or aim_for(operation, program) is not None
