"""What a table was measured on: without it, nobody can measure it again."""
import os
import platform


def describe(options, versions):
    yield (f"Scale {options.scale:g}, seed {options.seed}, {options.runs} runs, {options.steps} steps; medians; files "
           "in the page cache; every program in turn.")
    yield (f"{len(os.sched_getaffinity(0))} cores of {processor()}, {memory_gib():.1f} GiB, Linux "
           f"{platform.release()}, {file_system(options.work)}; load at the end {os.getloadavg()[1]:.1f}.")
    yield ("bytes: the size of the store after a first capture, its growth after a later one; in the rows of peak "
           "memory, the most that any single process held.")
    if versions:
        yield "Programs: " + "; ".join(versions.values()) + "."


def processor():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()


def memory_gib():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def file_system(folder):
    """The type of the mount that the folder is on: the longest mount point above it."""
    with open("/proc/mounts") as file:
        mounts = [line.split()[1:3] for line in file]
    above = [(point, kind) for point, kind in mounts if (folder + "/").startswith(point.rstrip("/") + "/")]
    return max(above, key=lambda mount: len(mount[0]))[1]
