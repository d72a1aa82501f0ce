"""The programs take turns, so that whatever else the machine does falls on all of them alike."""
import filecmp
import json
import os
import shutil
import subprocess
import sys
import time

from . import aims
from .process import Failed
from .results import report

TOOL = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "workloads.py")


class Contest:
    def __init__(self, workload, kind, programs, results, options, folder):
        self.workload, self.kind, self.results, self.options, self.folder = workload, kind, results, options, folder
        self.source = os.path.join(folder, "persona" if kind == "persona" else "memory.img")
        self.left_out = {program.name: program.missing() for program in programs}  # why one takes no part any more
        self.programs = programs
        results.programs[workload] = [program.name for program in programs]

    def play(self, operation, turn):
        """turn(program) gives (usage, bytes), or None where the program has nothing to do."""
        for round_number in range(self.options.runs):
            for program in self.programs:
                if round_number == 0 or aims.is_repeated(operation, program.name):
                    self.take(operation, program, turn)

    def take(self, operation, program, turn):
        if self.left_out[program.name]:
            self.results.problems[operation, program.name] = self.left_out[program.name]
            return
        try:
            taken = turn(program)
        except Failed as failure:
            # Whatever follows would be measured on a store that lacks a capture.
            self.left_out[program.name] = str(failure)
            self.results.problem(operation, program.name, str(failure))
            return
        if taken and taken[0]:
            self.results.add(operation, program.name, *taken)

    def make(self):
        report(f"{self.workload}: {self.tool('make')}")
        self.settle()

    def steps(self, operation, growth=None, first=1):
        for self.step in range(first, first + self.options.steps):
            for program in self.programs:
                if not self.left_out[program.name]:
                    program.before_change(self.source)
            report(f"{self.workload}: {self.tool('evolve', '--step', str(self.step))}")
            self.settle()
            for program in self.programs:
                self.take(operation, program, growth or self.growth)

    def tool(self, action, *more):
        """In another process: the memory that this one holds would count as that of what it measures."""
        command = [sys.executable, TOOL, action, self.kind, self.source, "--seed", str(self.options.seed),
                   "--scale", str(self.options.scale), *more]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    @staticmethod
    def settle():
        """Tools read a file again that changed as late as their last look at the clock; in real work few files have."""
        os.sync()
        time.sleep(4)

    def first(self, program):
        program.reset()
        usage = program.capture(self.source)
        return usage, program.stored_bytes()

    def growth(self, program):
        return self.grown(program, program.capture)

    def growth_unchanged(self, program):
        return self.grown(program, program.capture_unchanged)

    def growth_of_ranges(self, program):
        return self.grown(program, program.capture_ranges)

    def grown(self, program, capture):
        before = program.stored_bytes()
        usage = capture(self.source)
        return usage, program.stored_bytes() - before

    def restore(self, operation):
        self.checked = set()
        self.play(operation, lambda program: self.restore_once(operation, program))

    def restore_once(self, operation, program):
        # All are kept to the end: after many files were removed, ext4 makes new ones slowly for minutes.
        target = os.path.join(self.folder, "restored", f"{program.name}-{time.monotonic_ns()}")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        usage = program.restore(target)
        if program.name == aims.OURS or program.name not in self.checked:
            self.checked.add(program.name)
            wrong = self.differences(program.restored(target, self.source))
            if wrong:
                self.results.problem(operation, program.name, wrong)
        return usage, None

    def differences(self, restored):
        if not os.path.exists(restored):
            return "not exact: nothing is there"
        if self.kind == "memory":
            return "" if filecmp.cmp(self.source, restored, shallow=False) else "not exact: the bytes differ"
        command = [sys.executable, TOOL, "differences", "persona", self.source, restored]
        found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        for what, (_, first) in found.items():
            report(f"{restored}: {what}: {first}")
        return "not exact: " + ", ".join(f"{what} of {count}" for what, (count, _) in found.items()) if found else ""

    def clear(self):
        shutil.rmtree(self.folder)


def compare_trees(contest):
    contest.make()
    contest.play(aims.W1_FIRST, contest.first)
    contest.play(aims.W1_SAME, contest.growth_unchanged)
    contest.steps(aims.W1_STEP)
    contest.play(aims.W1_LIST, lambda program: (program.list_difference(), None))
    contest.restore(aims.W1_RESTORE)
    contest.clear()


def compare_images(contest):
    contest.make()
    contest.play(aims.W2_FIRST, contest.first)
    contest.steps(aims.W2_STEP)
    contest.steps(aims.W2_RANGES, contest.growth_of_ranges, contest.options.steps + 1)
    contest.restore(aims.W2_RESTORE)
    contest.clear()
