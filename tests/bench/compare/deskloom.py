"""Our own program."""
import os
import shlex
import subprocess

from .program import Program

OURS = "deskloom"
COMMANDS = {
    "init": "init",
    "capture tree": "snapshot create --user bench --tree {source}",
    "capture memory": "snapshot create --user bench --memory {source}",
    "capture ranges": "snapshot create --user bench --memory {source} --changed {source}.changed --since {older}",
    "list": "snapshot diff {older} {newer}",
    "restore tree": "snapshot restore {snapshot} --to {target}",
    "restore memory": "snapshot restore {snapshot} --layer memory --to {target}/memory.img",
}
EVERY_COMMAND = "--config {policy} --state-dir {state} --json"
# Caches are left out by default; here they are captured, because the peers capture them.
POLICY = "snapshot_store = \"{store}\"\n[capture]\nexclude = []\n"


class Deskloom(Program):
    name = OURS

    def __init__(self, folder, binary, kind):
        super().__init__(folder)
        self.binary, self.kind = binary, kind
        self.state = os.path.join(folder, "state")
        self.policy = os.path.join(folder, "bench.toml")
        self.snapshots = []

    def missing(self):
        if not os.access(self.binary, os.X_OK):
            return f"no program {self.binary}"
        lacks = [self.lacks(name) for name in ("init", f"capture {self.kind}", "list", f"restore {self.kind}")]
        return ", ".join(f"has no `{command}`" for command in lacks if command)

    def lacks(self, name):
        """The command, or the first of its options, that this program does not have; empty when it has all."""
        words = COMMANDS[name].split()
        verb = [word for word in words[:2] if not word.startswith(("-", "{"))]
        done = subprocess.run([self.binary, *verb, "--help"], capture_output=True, text=True)
        known = done.stdout if done.returncode == 0 else ""
        unknown = [word for word in words if word.startswith("--") and word not in known]
        return "" if known and not unknown else " ".join(verb + (unknown[:1] if known else []))

    def prepare(self):
        self.snapshots = []
        with open(self.policy, "w", encoding="utf-8") as file:
            file.write(POLICY.format(store=os.path.abspath(self.store)))
        self.deskloom("init")

    def capture(self, source):
        usage = self.deskloom(f"capture {self.kind}", source=source)
        self.snapshots.append(self.printed("snapshot"))
        return usage

    def capture_ranges(self, source):
        usage = self.deskloom("capture ranges", source=source, older=self.snapshots[-1])
        self.snapshots.append(self.printed("snapshot"))
        return usage

    def list_difference(self):
        older, newer = self.snapshots[-2:]
        return self.deskloom("list", older=older, newer=newer)

    def restore(self, target):
        if self.kind == "memory":
            os.makedirs(target, exist_ok=True)
        return self.deskloom(f"restore {self.kind}", snapshot=self.snapshots[-1], target=target)

    def restored(self, target, source):
        """A memory image may be restored under any name; nothing else there is as large."""
        if self.kind == "tree":
            return target
        paths = [os.path.join(base, name) for base, _, names in os.walk(target) for name in names]
        return max(paths, key=os.path.getsize, default=target)

    def deskloom(self, name, **values):
        words = shlex.split(COMMANDS[name]) + shlex.split(EVERY_COMMAND)
        values.update(policy=self.policy, state=self.state)
        return self.run(self.binary, *(word.format(**values) for word in words))
