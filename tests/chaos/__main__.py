import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import uvloop

from tests.chaos.run import chaos
from tests.load.progress import tell


def main() -> int:
    """Run one seed; the last line of stdout is the verdict as JSON."""
    parser = argparse.ArgumentParser(prog="make chaos", description="Kill everything while videos are made.")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix=f"chaos-{options.seed}-"))
    tell(f"The logs are in {directory} if this fails.")
    verdict = uvloop.run(chaos(directory, seed=options.seed, jobs=options.jobs, seconds=options.seconds))
    if not verdict["faults"]:
        shutil.rmtree(directory)
    sys.stdout.write(json.dumps(verdict, ensure_ascii=False) + "\n")
    return bool(verdict["faults"])


if __name__ == "__main__":
    sys.exit(main())
