from pathlib import Path

import pytest

from tests.chaos.run import chaos

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.timeout(300)
async def test_whatever_is_killed_while_videos_are_made_everybody_sees_one_result(tmp_path: Path) -> None:
    verdict = await chaos(tmp_path, seed=7, jobs=12, seconds=10.0)
    assert verdict["faults"] == []
    assert verdict["terminal"] == verdict["results_seen"] == verdict["jobs"] == 12
    assert verdict["doubled"] == 0
    assert verdict["max_tasks_per_job"] <= 1
    assert verdict["succeeded"] > 0
