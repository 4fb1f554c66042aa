#!/usr/bin/env python3
"""Releases of Quartet side by side under /opt/quartet, and one of them the current one."""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

SHIPPED: Final = ("services", "proto/gen", "requirements", "deploy", "pyproject.toml")
# Which secret belongs to whom; a service is given no other's.
OPENAI: Final = ("openai_api_key", "openai_proxy")
GOOGLE: Final = ("google_api_key", "google_proxy")
RUNWAY: Final = ("runwayml_api_secret", "runway_proxy")
CREDENTIALS: Final = {
    "gateway": (
        *("telegram_bot_token", "telegram_webhook_secret", "telegram_proxy"),
        *("analytics_secret", "link_secret"),
    ),
    "text": (*OPENAI, *GOOGLE),
    "image": (*OPENAI, *GOOGLE),
    "docs": (),
    "video": (*GOOGLE, *RUNWAY),
    "video.worker": (*GOOGLE, *RUNWAY),
    "admin": ("panel_secret", "clickhouse_password"),
}


class Refused(Exception):
    """What was asked for cannot be done; the text says why."""


class Installation:
    """What stands on a machine; `root` is / or a folder that stands for it, where nothing is started."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._home = root / "opt/quartet"
        self._units = root / "etc/systemd/system"
        self._settings = root / "etc/quartet"

    def releases(self) -> list[str]:
        """Return the names of all that are installed, oldest first."""
        folder = self._home / "releases"
        found = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
        return [path.name for path in found]

    def named(self, link: str) -> str | None:
        """Return which release `current` or `previous` is."""
        path = self._home / link
        return path.readlink().name if path.is_symlink() else None

    def add(self, tree: Path, name: str, environment: Path | None) -> None:
        """Copy a tree and install its dependencies beside it; nothing that runs is touched."""
        target = self._home / "releases" / name
        if target.exists():
            raise Refused(f"{name} is installed already")
        target.mkdir(parents=True)
        try:
            for part in SHIPPED:
                _copy(tree / part, target / part)
            if environment is None:
                _install_dependencies(target)
            else:
                (target / ".venv").symlink_to(environment)
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise

    def switch(self, name: str) -> None:
        """Make a release the current one, in one step, and start it; the current one takes new secrets."""
        release = self._home / "releases" / name
        if not release.is_dir():
            raise Refused(f"{name} is not installed; there are: {', '.join(self.releases()) or 'none'}")
        former = self.named("current")
        self._install_units(release)
        if former and former != name:
            _link(self._home / "previous", Path("releases") / former)
        _link(self._home / "current", Path("releases") / name)
        self._restart()

    def rollback(self) -> None:
        """Go back to the release before the current one."""
        previous = self.named("previous")
        if previous is None:
            raise Refused("there is no release before this one")
        self.switch(previous)

    def prune(self, keep: int) -> list[str]:
        """Remove the oldest releases but so many; never the current one nor the one before it."""
        held = {self.named("current"), self.named("previous")}
        removed = [name for name in self.releases()[:-keep] if name not in held]
        for name in removed:
            shutil.rmtree(self._home / "releases" / name)
        return removed

    def _install_units(self, release: Path) -> None:
        _copy(release / "deploy/systemd/units", self._units)
        credentials = self._settings / "credentials"
        credentials.mkdir(parents=True, exist_ok=True)
        credentials.chmod(0o700)
        for name in ("nats.conf", "quartet.env"):
            if not (self._settings / name).exists():
                shutil.copy(release / "deploy/systemd" / name, self._settings / name)
        for service, wanted in CREDENTIALS.items():
            given = [name for name in wanted if (credentials / name).is_file()]
            lines = [f"LoadCredential={name}:/etc/quartet/credentials/{name}\n" for name in given]
            folder = self._units / f"quartet@{service}.service.d"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "credentials.conf").write_text("[Service]\n" + "".join(lines))

    def _restart(self) -> None:
        if self._root != Path("/"):
            return
        _run("systemctl", "daemon-reload")
        _run("systemctl", "enable", "--quiet", "quartet.target")
        _run("systemctl", "start", "quartet.target")
        # NATS stays up: it holds what is under way. The gateway last, so that whom it asks is there.
        for service in sorted(CREDENTIALS, key=lambda service: service == "gateway"):
            _run("systemctl", "restart", f"quartet@{service}.service")


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True)  # noqa: S603  # every word is ours


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, target, ignore=ignored, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


def _link(place: Path, target: Path) -> None:
    # A rename replaces the link at once: nobody ever finds none.
    fresh = place.with_name(f"{place.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    os.replace(fresh, place)


def _install_dependencies(release: Path) -> None:
    _run(sys.executable, "-m", "venv", release / ".venv")
    python = release / ".venv/bin/python"
    pip = (python, "-m", "pip", "--quiet", "--disable-pip-version-check")
    _run(
        *pip,
        "install",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
        release / "requirements/local.txt",
    )
    _run(python, "-m", "compileall", "-q", release / "services")


def main(arguments: Sequence[str]) -> str:
    """Do what is asked for and return what to say about it. Raises Refused."""
    parser = argparse.ArgumentParser(prog="install.py", description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("/"), help="install into a folder, start nothing")
    commands = parser.add_subparsers(dest="command", required=True)
    install = commands.add_parser("install", help="install a release and switch to it")
    install.add_argument("name", help="such as 1.2.0")
    install.add_argument("--tree", type=Path, default=Path(__file__).resolve().parents[2])
    install.add_argument(
        "--environment", type=Path, help="a virtual environment that exists, instead of a new one"
    )
    install.add_argument("--keep", type=int, default=3, help="how many releases stay")
    commands.add_parser("switch", help="switch to a release that is installed").add_argument("name")
    commands.add_parser("rollback", help="go back to the release before the current one")
    commands.add_parser("list", help="list the releases")
    asked = parser.parse_args(arguments)
    here = Installation(asked.root)
    if asked.command == "install":
        here.add(asked.tree, asked.name, asked.environment)
        here.switch(asked.name)
        here.prune(asked.keep)
    elif asked.command == "switch":
        here.switch(asked.name)
    elif asked.command == "rollback":
        here.rollback()
    marks = {here.named("previous"): "previous", here.named("current"): "current"}
    return "\n".join(f"{name} {marks.get(name, '')}".rstrip() for name in here.releases())


if __name__ == "__main__":
    try:
        print(main(sys.argv[1:]))  # noqa: T201  # a command's answer
    except Refused as reason:
        sys.exit(f"install.py: {reason}")
