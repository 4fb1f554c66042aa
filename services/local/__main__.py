import asyncio
import os
import sys
from pathlib import Path

from services.chassis.errors import StartupError
from services.local import environment, ports
from services.local.app import supervise
from services.local.console import Console
from services.local.lock import data_folder
from services.local.plan import Plan
from services.local.settings import LocalSettings


def main() -> int:
    root = Path(__file__).resolve().parents[2]
    variables = environment.read(root / ".env", os.environ)
    try:
        plan = Plan(LocalSettings.read(variables), variables, root)
        parts = plan.parts()
        ports.check(parts)
        with data_folder(plan.data_dir):
            colour = sys.stdout.isatty() and "NO_COLOR" not in variables
            console = Console(sys.stdout.buffer, [part.name for part in parts], colour=colour)
            try:
                return asyncio.run(supervise(plan, parts, console))
            finally:
                console.close()
    except StartupError as error:
        sys.stderr.write(f"Quartet cannot start.\n{error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
