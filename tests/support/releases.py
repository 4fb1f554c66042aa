import subprocess
import tarfile
from pathlib import Path

from tests.support.processes import ROOT, RealProcess


class NoFormerRelease(Exception):
    """The history is not there. The text says how to have it."""


def former_release(into: Path) -> Path:
    """Unpack the tree of the release before this one: of the last tag, or of the parent commit."""
    if not (revision := _git("describe", "--tags", "--abbrev=0", "HEAD^") or _git("rev-parse", "HEAD^")):
        raise NoFormerRelease("a clone without its history has no former release: git fetch --unshallow")
    archive = into / "former.tar"
    subprocess.run(["git", "-C", str(ROOT), "archive", "-o", str(archive), revision], check=True)
    tree = into / "former"
    with tarfile.open(archive) as packed:
        packed.extractall(tree, filter="data")
    archive.unlink()
    return tree


async def run_from(tree: Path, process: RealProcess) -> None:
    """End a process and start it from another tree, on the data that it has."""
    await process.stop()
    process.tree = tree
    await process.start()


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], check=False, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""
