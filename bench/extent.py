"""How much is measured: everything within three minutes, or just enough to see that it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extent:
    """`rounds` of `seconds` each, ours and the reference in turns; `sweeps` of the tables with `many` and `few` tasks
    in each round."""

    rounds: int
    seconds: float
    warm_up_seconds: float
    sweeps: int
    many: int
    few: int


FULL = Extent(rounds=7, seconds=1.5, warm_up_seconds=1.0, sweeps=100, many=1_000_000, few=10_000)
QUICK = Extent(rounds=1, seconds=0.3, warm_up_seconds=0.3, sweeps=5, many=2_000, few=200)
