"""The command line: arguments only.

Exit status: 0 done, 1 failed, 2 wrong usage or settings.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence

try:
    from bot import local, log, migrate
    from bot.errors import Failure
    from bot.settings import Settings, SettingsError, load_settings
except KeyboardInterrupt:
    # Reading all modules takes a slow machine seconds, and whoever thinks better of it meanwhile wants no stack trace.
    sys.exit(130)


def parser() -> argparse.ArgumentParser:
    """Every verb with its help."""
    top = argparse.ArgumentParser(
        prog="python -m bot",
        description="A Slack bot for software teams: tasks, triage and chat in PostgreSQL, tied to GitHub.",
    )
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=text)

    verb("run", "Serve a Slack workspace, until it is told to stop.")
    verb("sandbox", "Run everything on this machine: a local Slack and GitHub, a database, and the bot.")
    manifest = verb("manifest", "Print the app manifest (JSON) to paste at api.slack.com/apps.")
    manifest.add_argument("--prefix", default="", metavar="X-", help="put this before each command's name")
    manifest.add_argument("--http", metavar="URL", help="deliver over HTTP to this public address")
    db = verb("db", "Look after the database.")
    steps = db.add_subparsers(dest="step", metavar="STEP", required=True)
    steps.add_parser("upgrade", help="bring the database up to this version")
    down = steps.add_parser("downgrade", help="take the database down to a revision")
    down.add_argument("revision", metavar="REV", help="a revision such as 002, or base")
    steps.add_parser("current", help="print the database's revision and this version's")
    steps.add_parser("seed", help="load the sample people and tasks into an empty database")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    given = parser().parse_args(arguments)
    try:
        settings = load_settings({"slack"} if given.verb == "run" else ())
        log.configure(
            settings.log_level, settings.log_format, local.log_file(settings) if given.verb == "sandbox" else None
        )
        return _run(given, settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output (`| head`) has seen enough; nothing may be written to it at the exit either.
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        return 1


def _run(given: argparse.Namespace, settings: Settings) -> int:
    if given.verb == "run":
        local.run(settings)
    elif given.verb == "sandbox":
        local.run_sandbox(settings, lambda line: print(line, flush=True))
    elif given.verb == "manifest":
        print(json.dumps(local.manifest(given.prefix, given.http or settings.public_url), indent=2))
    else:
        _database(given, settings)
    return 0


def _database(given: argparse.Namespace, settings: Settings) -> None:
    with local.database_url(settings) as url:
        if given.step == "upgrade":
            migrate.upgrade(url)
        elif given.step == "downgrade":
            migrate.downgrade(url, given.revision)
        elif given.step == "seed":
            print(asyncio.run(local.seed(url)))
        if given.step != "seed":
            print(f"database: {migrate.current(url) or 'empty'} · this version: {migrate.newest()}")


if __name__ == "__main__":
    sys.exit(main())
