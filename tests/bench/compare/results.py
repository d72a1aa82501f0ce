"""What was measured, and what could not be."""
import statistics
import sys
from collections import namedtuple

from .aims import MEMORY

Sample = namedtuple("Sample", "usage bytes")


class Results:
    def __init__(self):
        self.samples = {}   # (operation, program) -> [Sample]
        self.problems = {}  # (operation, program) -> why there is no sample, or why it counts for nothing
        self.programs = {}  # workload -> programs, in the order of their turns

    def add(self, operation, program, usage, size):
        self.samples.setdefault((operation, program), []).append(Sample(usage, size))
        peak = self.samples.setdefault((MEMORY[operation[:2]], program), [])
        peak.append(Sample(None, usage.peak_bytes))
        said = "" if size is None else f"  {size:,} B"
        report(f"{operation}: {program}  {usage.seconds:.3f} s  CPU {usage.cpu_seconds:.3f} s"
               f"  peak {usage.peak_bytes >> 20} MiB{said}")

    def problem(self, operation, program, text):
        self.problems[operation, program] = text
        report(f"{operation}: {program}  {text}")

    def runs(self, operation, program):
        return len(self.samples.get((operation, program), ()))

    def seconds(self, operation, program):
        return self._median(operation, program, lambda sample: sample.usage and sample.usage.seconds)

    def cpu_seconds(self, operation, program):
        return self._median(operation, program, lambda sample: sample.usage and sample.usage.cpu_seconds)

    def bytes(self, operation, program):
        if operation in MEMORY.values():
            return max((sample.bytes for sample in self.samples.get((operation, program), ())), default=None)
        return self._median(operation, program, lambda sample: sample.bytes)

    def _median(self, operation, program, value):
        values = [value(sample) for sample in self.samples.get((operation, program), ())]
        return statistics.median(values) if values and None not in values else None


def report(text):
    print(text, file=sys.stderr, flush=True)
