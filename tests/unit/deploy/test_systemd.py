import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
import yaml

from deploy.systemd.install import CREDENTIALS, Refused, main

REPOSITORY: Final = Path(__file__).parents[3]
SYSTEMDS_OWN: Final = Path("/lib/systemd/system")
# Ten times what `systemd-analyze security` calls exposure.
MOST_EXPOSED: Final = 30
INSTANCES: Final = [f"quartet@{service}.service" for service in CREDENTIALS]
UNIT_NAMES: Final = ["quartet-nats.service", *INSTANCES]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder that stands for a machine."""
    root = tmp_path / "root"
    root.mkdir()
    return root


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree of Quartet, without its code."""
    folder = tmp_path / "tree"
    for part in ("services", "proto/gen", "requirements"):
        (folder / part).mkdir(parents=True)
    shutil.copytree(REPOSITORY / "deploy/systemd", folder / "deploy/systemd")
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    return folder


def install(machine: Path, tree: Path, name: str) -> str:
    where = ("--tree", str(tree), "--environment", sys.prefix)
    return main(("--root", str(machine), "install", name, *where))


def current(machine: Path) -> str:
    return (machine / "opt/quartet/current").resolve().name


def test_a_release_is_installed_beside_the_other_and_back_is_one_command(machine: Path, tree: Path) -> None:
    install(machine, tree, "1.0.0")
    (tree / "services/new.py").touch()
    assert install(machine, tree, "1.1.0").splitlines() == ["1.0.0 previous", "1.1.0 current"]
    assert (machine / "opt/quartet/current/services/new.py").exists()
    main(("--root", str(machine), "rollback"))
    assert current(machine) == "1.0.0"
    assert not (machine / "opt/quartet/current/services/new.py").exists()
    main(("--root", str(machine), "rollback"))
    assert current(machine) == "1.1.0"


def test_a_release_that_cannot_be_installed_leaves_the_current_one(machine: Path, tree: Path) -> None:
    install(machine, tree, "1.0.0")
    (tree / "pyproject.toml").unlink()
    with pytest.raises(FileNotFoundError):
        install(machine, tree, "1.1.0")
    assert current(machine) == "1.0.0"
    assert main(("--root", str(machine), "list")) == "1.0.0 current"
    with pytest.raises(Refused, match="no release before"):
        main(("--root", str(machine), "rollback"))


def test_a_service_is_given_its_own_secrets_and_settings_are_kept(machine: Path, tree: Path) -> None:
    settings = machine / "etc/quartet"
    (settings / "credentials").mkdir(parents=True)
    for name in ("telegram_bot_token", "openai_api_key"):
        (settings / "credentials" / name).write_text("secret")
    (settings / "quartet.env").write_text("ADMIN_IDS=1\n")
    install(machine, tree, "1.0.0")
    units = machine / "etc/systemd/system"
    text = (units / "quartet@text.service.d/credentials.conf").read_text()
    assert text == "[Service]\nLoadCredential=openai_api_key:/etc/quartet/credentials/openai_api_key\n"
    assert "openai" not in (units / "quartet@gateway.service.d/credentials.conf").read_text()
    assert (settings / "quartet.env").read_text() == "ADMIN_IDS=1\n"
    assert (settings / "credentials").stat().st_mode & 0o777 == 0o700


def test_a_secret_that_is_added_reaches_the_release_that_runs_and_the_way_back_stays(
    machine: Path, tree: Path
) -> None:
    install(machine, tree, "1.0.0")
    install(machine, tree, "1.1.0")
    (machine / "etc/quartet/credentials/analytics_secret").write_text("secret")
    said = main(("--root", str(machine), "switch", "1.1.0"))
    assert said.splitlines() == ["1.0.0 previous", "1.1.0 current"]
    gateway = machine / "etc/systemd/system/quartet@gateway.service.d/credentials.conf"
    assert "LoadCredential=analytics_secret:" in gateway.read_text()


def test_the_secrets_are_those_that_the_chart_knows() -> None:
    facts = yaml.safe_load((REPOSITORY / "deploy/helm/quartet/files/components.yaml").read_text())
    known = {
        component["module"].removeprefix("services."): component["secrets"] for component in facts.values()
    }
    assert {name: sorted(secrets) for name, secrets in CREDENTIALS.items()} == {
        name: sorted(secret.lower() for secret in secrets) for name, secrets in known.items()
    }


def test_the_units_are_right_and_name_what_is_there(machine: Path, tree: Path) -> None:
    install(machine, tree, "1.0.0")
    (machine / "bin").mkdir()
    shutil.copytree(SYSTEMDS_OWN, machine / "lib/systemd/system", ignore=_but_targets, symlinks=True)
    for program in ("bin/sh", "opt/quartet/nats-server"):
        (machine / program).touch(mode=0o755)
    unit = machine / "etc/systemd/system/quartet-nats.service"
    # systemd does not follow links out of the folder that stands for the machine.
    unit.write_text(unit.read_text().replace("current/.venv/bin/", ""))
    said = analyze("--root", machine, "verify", "--man=no", "quartet.target", *UNIT_NAMES)
    assert "quartet" not in said, said


def test_the_units_give_little_away(machine: Path, tree: Path) -> None:
    install(machine, tree, "1.0.0")
    threshold = f"--threshold={MOST_EXPOSED}"
    analyze("--root", machine, "security", "--no-pager", "--offline=true", threshold, *UNIT_NAMES)


def _but_targets(_: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".target")]


def analyze(*arguments: str | Path) -> str:
    """Run systemd-analyze, which must be content."""
    done = subprocess.run(("systemd-analyze", *arguments), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr
