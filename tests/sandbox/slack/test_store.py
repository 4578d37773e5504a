"""What survives, and what a damaged store says."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import Failure
from bot.sandbox.slack.local_slack import LocalSlack
from bot.sandbox.slack.store import Store
from tests.sandbox.slack.app import connected_app
from tests.workspace import LocalWorkspace


async def test_messages_threads_reactions_membership_home_and_read_marks_survive(
    manifest: dict[str, Any], tmp_path: Path
) -> None:
    store = tmp_path / "slack.sqlite"
    async with LocalWorkspace.start(manifest=manifest, store=store) as workspace:
        ana = workspace.person("ana")
        said = await ana.says("Kept", in_="#web")
        await ana.says("A reply", in_="#web", thread=said)
        await ana.reacts("eyes", on=said)
        await ana.invites("U0SCRUMBOT", to="#random")
        web = AsyncWebClient(base_url=workspace.api_url, token=workspace.bot_token)
        await web.chat_postMessage(channel="U0SAMPLEBO", text="Direct", metadata=METADATA)
        home = {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "My tasks"}}]}
        await web.views_publish(user_id=ana.id, view=home)
    async with LocalWorkspace.start(manifest=manifest, store=store) as workspace:
        ana = workspace.person("ana")
        kept = await ana.channel("web").shows("Kept")
        assert kept.ts == said.ts
        assert kept.body["reactions"][0]["name"] == "eyes"
        assert kept.body["reply_count"] == 1
        await ana.channel("web").thread_of(kept).shows("A reply")
        web = AsyncWebClient(base_url=workspace.api_url, token=workspace.bot_token)
        assert (await web.conversations_info(channel="C0RANDOM01"))["channel"]["is_member"]
        direct = await web.conversations_open(users="U0SAMPLEBO")
        found = await web.conversations_history(channel=direct["channel"]["id"], include_all_metadata=True)
        assert found["messages"][0]["metadata"] == METADATA
        assert "My tasks" in await ana.home("My tasks")
        channels = (await ana.does("open", user=ana.id), workspace.slack.platform.workspace.reads)[1]
        assert channels["U0SAMPLEANA", "C0WEBTEAM"] > said.ts
        assert (await ana.says("Later", in_="#web")).ts > said.ts


METADATA = {"event_type": "ledger", "event_payload": {"id": 7}}


async def test_an_event_that_was_not_acknowledged_comes_after_the_restart(
    manifest: dict[str, Any], tmp_path: Path
) -> None:
    store = tmp_path / "slack.sqlite"
    async with LocalWorkspace.start(manifest=manifest, store=store) as workspace:
        await workspace.person("ana").says("While the bot was away", in_="#web")
    async with (
        LocalWorkspace.start(manifest=manifest, store=store) as workspace,
        connected_app(workspace) as app,
    ):
        assert (await app.receives("message")).payload["event"]["text"] == "While the bot was away"


SAYS_AND_DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.sandbox.slack.app import MANIFEST
from tests.workspace import LocalWorkspace

async def main():
    async with LocalWorkspace.start(manifest=MANIFEST, store=Path(sys.argv[1])) as workspace:
        ana = workspace.person("ana")
        for number in range(50):
            await ana.says(f"Message {number}", in_="#web")
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_everything_answered_before_a_kill_is_there_after_it(manifest: dict[str, Any], tmp_path: Path) -> None:
    store = tmp_path / "slack.sqlite"
    killed = subprocess.run(  # noqa: ASYNC221
        [sys.executable, "-c", SAYS_AND_DIES, str(store)], env={**os.environ, "PYTHONPATH": os.getcwd()}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    async with LocalWorkspace.start(manifest=manifest, store=store) as workspace:
        texts = [message.text for message in await workspace.person("bo").messages("#web")]
    assert [f"Message {number}" for number in range(50)] == [text for text in texts if text.startswith("Message")]


def test_a_damaged_store_is_one_sentence(manifest: dict[str, Any], tmp_path: Path) -> None:
    store = tmp_path / "slack.sqlite"
    store.write_bytes(b"This is no database at all. " * 100)
    with pytest.raises(Failure, match=r"cannot be used \(file is not a database\).*move that file away"):
        LocalSlack(manifest=manifest, store=store)


def test_a_store_of_another_version_is_refused(manifest: dict[str, Any], tmp_path: Path) -> None:
    store = tmp_path / "slack.sqlite"
    with sqlite3.connect(store) as db:
        db.execute("CREATE TABLE something (x)")
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(Failure, match="written by another version"):
        LocalSlack(manifest=manifest, store=store)


def test_a_store_that_is_in_use_is_refused(tmp_path: Path) -> None:
    first = Store(tmp_path / "slack.sqlite")
    try:
        with pytest.raises(Failure, match="is in use"):
            Store(tmp_path / "slack.sqlite")
    finally:
        first.close()


def test_nothing_is_written_after_the_end(tmp_path: Path) -> None:
    store = Store(tmp_path / "slack.sqlite")
    store.close()
    with pytest.raises(Failure, match="stopped"):
        store.write([("person", "U1", {})])
