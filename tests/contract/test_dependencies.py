import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SERVICES: Final = sorted(path.parent.name for path in (ROOT / "services").glob("*/__init__.py"))
OWN: Final = {"services", "quartet"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_declares_whatever_it_imports(service: str) -> None:
    """An image installs only its service's extra: what works here by another's must not go unseen."""
    declared = {_name(each) for each in _declared(service)}
    distributions = packages_distributions()
    undeclared = {
        f"{module} in {path.relative_to(ROOT)}"
        for path in (ROOT / "services" / service).rglob("*.py")
        for module in _imported(path)
        if not declared & {_name(each) for each in distributions.get(module, ())}
    }
    assert undeclared == set()


def _declared(service: str) -> list[str]:
    extras: dict[str, list[str]] = PROJECT["optional-dependencies"]
    own = f"{PROJECT['name']}["
    declared = [*PROJECT["dependencies"]]
    for requirement in extras.get(service, ()):
        # An extra may take in another one of ours.
        declared += extras[requirement[len(own) : -1]] if requirement.startswith(own) else [requirement]
    return declared


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            top = name.partition(".")[0]
            if top not in OWN and top not in sys.stdlib_module_names:
                yield top


def _name(requirement: str) -> str:
    name = re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()
