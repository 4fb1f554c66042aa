import json
import shutil
import sys
import tempfile
from pathlib import Path

import uvloop

from tests.load.figures import Figures
from tests.load.progress import tell, warn_if_busy
from tests.load.scenarios import SCENARIOS

USAGE_ERROR = 2


async def run(name: str) -> Figures:
    """Runs a scenario; the logs of its stack stay only where it failed."""
    directory = Path(tempfile.mkdtemp(prefix=f"load-{name}-"))
    tell(f"{name}: the stack's logs are in {directory} if this fails.")
    warn_if_busy()
    figures = {"scenario": name, **await SCENARIOS[name](directory)}
    shutil.rmtree(directory)
    return figures


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in SCENARIOS:
        tell("Which scenario? make load SCENARIO=name, where name is one of:")
        for name, scenario in SCENARIOS.items():
            tell(f"  {name:<20} {(scenario.__doc__ or '').splitlines()[0]}")
        return USAGE_ERROR
    sys.stdout.write(json.dumps(uvloop.run(run(arguments[0]))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
