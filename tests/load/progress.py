import os
import sys

BUSY_LOAD = 1.0


def tell(text: str) -> None:
    """One line for whoever waits. It goes to stderr: stdout is for the figures."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def warn_if_busy() -> None:
    """Figures of a machine that does other work are worse than the truth."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > BUSY_LOAD:
        tell(f"The load average is {load:.1f} on {cores} cores: something else is running.")
