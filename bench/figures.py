"""Rows of the table: a measurement beside its reference, and the verdict; pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` (0 to 1) of the others lie; at least one value is needed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def spread(values: Sequence[float]) -> float:
    """Half of the middle range: the median ± this holds about half of the values. 0 for fewer than three."""
    if len(values) < 3:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / 2


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. `ours` and `reference` hold one value of `unit` for each round, taken in turns.

    `most` and `least` bound the ratio of ours to the reference; without either the row only tells.
    """

    what: str
    unit: str
    ours: Sequence[float]
    reference: Sequence[float]
    against: str
    most: float | None = None
    least: float | None = None
    remarks: Sequence[str] = field(default=())

    @property
    def ratio(self) -> float:
        """The median of the rounds' own ratios: what slowed the whole machine for a round is in both of its values."""
        return statistics.median(ours / other for ours, other in zip(self.ours, self.reference, strict=True))

    @property
    def wanted(self) -> str:
        if self.most is not None:
            return f"at most {self.most:.2f}"
        return f"at least {self.least:.2f}" if self.least is not None else "–"

    @property
    def is_met(self) -> bool | None:
        """Whether the ratio is as wanted; None where nothing is."""
        if self.most is not None:
            return self.ratio <= self.most
        return self.ratio >= self.least if self.least is not None else None

    @property
    def verdict(self) -> str:
        return {True: "met", False: "MISSED", None: "told"}[self.is_met]

    def as_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "unit": self.unit,
            "ours": statistics.median(self.ours),
            "ours_spread": spread(self.ours),
            "reference": statistics.median(self.reference),
            "reference_spread": spread(self.reference),
            "against": self.against,
            "ratio": self.ratio,
            "wanted": self.wanted,
            "verdict": self.verdict,
            "rounds": len(self.ours),
            "remarks": list(self.remarks),
        }


def table(rows: Sequence[Row]) -> str:
    """The rows as text, one line each."""
    head = ("what", "ours", "reference", "against", "ratio", "wanted", "verdict")
    lines = [
        (
            row.what,
            _shown(row.ours, row.unit),
            _shown(row.reference, row.unit),
            row.against,
            f"{row.ratio:.2f}",
            row.wanted,
            row.verdict,
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in (head, *lines)]
    text.insert(1, "  ".join("-" * width for width in widths))
    remarks = [f"  {row.what}: {remark}" for row in rows for remark in row.remarks]
    return "\n".join([line.rstrip() for line in [*text, *remarks]])


def _shown(values: Sequence[float], unit: str) -> str:
    middle = statistics.median(values)
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
    return f"{middle:,.{digits}f} ± {spread(values):,.{digits}f} {unit}"
