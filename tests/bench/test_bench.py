"""`make bench` works; how fast anything is on this machine today is not a test's business."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from bench.figures import Row, table

ROOT = Path(__file__).resolve().parent.parent.parent


def a_row(**more: float) -> Row:
    return Row("a command", "ms", [2.0, 9.0, 4.0], [4.0, 9.0, 8.0], "nothing", **more)


def test_a_ratio_is_the_median_of_the_rounds_own() -> None:
    assert a_row().ratio == 0.5


@pytest.mark.parametrize(
    ("wanted", "verdict"),
    [
        ({"most": 0.5}, "met"),
        ({"most": 0.4}, "MISSED"),
        ({"least": 0.5}, "met"),
        ({"least": 0.6}, "MISSED"),
        ({}, "told"),
    ],
)
def test_the_verdict_compares_the_ratio_with_what_is_wanted(wanted: dict[str, float], verdict: str) -> None:
    assert a_row(**wanted).verdict == verdict


def test_the_table_shows_medians_with_their_spread() -> None:
    assert "4.00 ± 1.75 ms" in table([a_row(most=0.5)])


@pytest.mark.slow
async def test_a_quick_run_measures_every_row() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench", "--quick", "--json"),
        cwd=ROOT,
        env=dict(os.environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()[-3000:]
    rows = json.loads(output)
    assert [row["what"].partition(":")[0] for row in rows] == [
        *["/task new over signed HTTP, 1 at a time", "/task new over signed HTTP, 16 at a time"],
        "/task new over signed HTTP",
        *["/task new over Socket Mode, 1 at a time", "/task new over Socket Mode, 16 at a time"],
        "/task new over Socket Mode",
        "idle delay sweep, 2,000 tasks",
    ]
    assert all(row["ours"] > 0 and row["reference"] > 0 for row in rows)
