"""An outside program that scores forecasts, and has baselines of its own.

  PROGRAM baselines TRACE --json FILE           writes the scores of its baselines
  PROGRAM score TRACE --kind K --forecast FILE  prints the scores of our forecasts as JSON

It finds the traces in the folder that FC_TRACES names. Its baselines take minutes, and do not change: they are kept.
"""
import hashlib
import json
import os
import sys

from .tools import output_of


class Referee:
    def __init__(self, program, traces, kept):
        self.program, self.traces, self.kept = program, traces, kept
        self.environment = dict(os.environ, FC_TRACES=traces)

    def baselines(self, trace, file):
        """file: the trace's own name in the folder of traces."""
        path = os.path.join(self.kept, f"baselines-{trace}-{self.digest(file)}.json")
        if not os.path.exists(path):
            print(f"{trace}: the referee computes its baselines", file=sys.stderr, flush=True)
            output_of([self.program, "baselines", trace, "--json", path + ".new"], self.environment)
            os.rename(path + ".new", path)
        with open(path, encoding="utf-8") as scores:
            return json.load(scores)

    def scores(self, trace, kind, forecasts):
        print(f"{trace}: the referee scores {kind}", file=sys.stderr, flush=True)
        return json.loads(output_of([self.program, "score", trace, "--kind", kind, "--forecast", forecasts],
                                    self.environment))

    def digest(self, file):
        """Another trace or another referee has other baselines."""
        content = hashlib.sha256()
        for path in (self.program, os.path.join(self.traces, file)):
            with open(path, "rb") as part:
                content.update(part.read())
        return content.hexdigest()[:16]
