import os
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS_ITSELF = "import pytest\n\ndef test_it() -> None:\n    pytest.skip('no such tool')\n"
MODULE_SKIPS_ITSELF = "import pytest\n\npytest.importorskip('no_such_module')\n"


def _run(folder: Path, test: str, ci: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_sample.py").write_text(test)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.no_skips", "-c", os.devnull]
    return subprocess.run(
        [*command, "--rootdir", folder, folder],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CI": ci, "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )


@pytest.mark.parametrize("test", [SKIPS_ITSELF, MODULE_SKIPS_ITSELF], ids=["test", "module"])
def test_on_ci_a_skip_is_a_failure_that_says_why(test: str, tmp_path: Path) -> None:
    run = _run(tmp_path, test, "true")
    assert run.returncode != 0
    assert "was skipped, which CI forbids" in run.stdout
    assert "no such tool" in run.stdout or "no_such_module" in run.stdout


def test_elsewhere_a_skip_is_a_skip(tmp_path: Path) -> None:
    assert "1 skipped" in _run(tmp_path, SKIPS_ITSELF, "").stdout
