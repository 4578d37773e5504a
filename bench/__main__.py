"""`python -m bench`: measure the bot beside its references, and print a table (docs/performance.md)."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import tempfile
import time
from pathlib import Path

from bench import commands, sweep
from bench.extent import FULL, QUICK, Extent
from bench.figures import Row, table
from bot import embedded, migrate
from bot.embedded import EmbeddedServer


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the bot beside its references.")
    parser.add_argument("--quick", action="store_true", help="only look whether everything can be measured")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    given = parser.parse_args()
    # Being told to stop is like Ctrl-C: what was started has to be stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    # A process that runs as root starts PostgreSQL as another account, which has to pass through the folder.
    with tempfile.TemporaryDirectory(prefix="scrum-bot-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = embedded.start(folder / "data")
        try:
            migrate.upgrade(server.url)
            rows = asyncio.run(_measure(server, folder, QUICK if given.quick else FULL))
        finally:
            server.stop()
    if given.json:
        print(json.dumps([row.as_json() for row in rows], indent=2))
    else:
        print(table(rows))
        print(f"\nMedian of the rounds ± half the range of their middle half. {time.monotonic() - began:.0f} seconds.")
    return 0


async def _measure(server: EmbeddedServer, folder: Path, extent: Extent) -> list[Row]:
    rows: list[Row] = []
    for transport in commands.NAMES:
        print(f"/task new over {commands.NAMES[transport]}…", file=sys.stderr)
        rows += await commands.rows(transport, server.url, folder, extent)
    print(f"sweeps of {extent.many:,} tasks…", file=sys.stderr)
    rows.append(await sweep.row(server, extent))
    return rows


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
