"""What a person does in the local GitHub through the page's interface, and that it outlives the process."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox.github.store import Store, StoreUnusable
from tests.local_github import RunningGitHub, local_github


async def post(hub: RunningGitHub, http: aiohttp.ClientSession, what: str, **body: Any) -> dict[str, Any]:
    answer = await http.post(f"{hub.root}/_/github/{what}", json=body)
    assert answer.status == 200
    told: dict[str, Any] = await answer.json()
    return told


async def state(hub: RunningGitHub, http: aiohttp.ClientSession, slack_user: str) -> dict[str, Any]:
    answer = await http.get(f"{hub.root}/_/github/state", params={"as": slack_user})
    told: dict[str, Any] = await answer.json()
    return told


async def test_a_person_opens_changes_and_comments_an_issue(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    by_tess: dict[str, Any] = {"login": "tess-gh", "repository": "sample/web"}
    made = await post(hub, http, "issues", **by_tess, title="Seen by Tess", assignees=["bo-gh"])
    assert made == {"ok": True, "number": 5}
    assert await post(hub, http, "issues/update", **by_tess, number=5, state="closed") == {"ok": True}
    assert (await post(hub, http, "comments", **by_tess, number=5, body="Fixed."))["ok"] is True

    told = await state(hub, http, "U0SAMPLEBO")
    assert told["me"] == "bo-gh"
    web = next(one for one in told["repositories"] if one["full_name"] == "sample/web")
    issue = web["issues"][0]
    assert (issue["title"], issue["state"], issue["comments"]) == ("Seen by Tess", "closed", 1)
    assert issue["user"]["login"] == "tess-gh"
    assert hub.changes == ["sample/web"] * 3


async def test_somebody_without_an_account_is_nobody(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    assert (await state(hub, http, "U0SAMPLEREO"))["me"] is None


@pytest.mark.parametrize(
    ("what", "body", "error"),
    [
        ("issues", {"login": "nobody", "repository": "sample/web", "title": "a"}, "unknown_account"),
        ("issues", {"login": "ana-gh", "repository": "sample/none", "title": "a"}, "unknown_repository"),
        ("issues", {"login": "bo-gh", "repository": "sample/api", "title": "a"}, "unknown_repository"),
        ("issues", {"login": "ana-gh", "repository": "sample/web"}, "invalid"),
        ("issues/update", {"login": "ana-gh", "repository": "sample/web", "number": 99}, "unknown_issue"),
        (
            "issues/update",
            {"login": "mia-gh", "repository": "sample/web", "number": 1, "title": "a"},
            "forbidden",
        ),
        ("comments", {"login": "ana-gh", "repository": "sample/web", "number": 1}, "invalid"),
    ],
)
async def test_what_cannot_be_done_is_told_in_a_sentence(
    hub: RunningGitHub, http: aiohttp.ClientSession, what: str, body: dict[str, Any], error: str
) -> None:
    told = await post(hub, http, what, **body)
    assert (told["ok"], told["error"]) == (False, error)
    assert told["message"].endswith(".")


async def test_an_unreadable_request_is_400(hub: RunningGitHub, http: aiohttp.ClientSession) -> None:
    assert (await http.post(f"{hub.root}/_/github/issues", data=b"[")).status == 400


async def test_the_state_is_there_after_a_restart(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    store = tmp_path / "sandbox" / "github.db"
    async with local_github(store) as hub:
        await post(hub, http, "issues", login="ana-gh", repository="sample/api", title="Kept")
    async with local_github(store) as hub:
        told = await state(hub, http, "U0SAMPLEANA")
    assert told["repositories"][1]["issues"][0]["title"] == "Kept"


async def test_the_state_survives_a_killed_process(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from bot.sandbox.github import directory, issues, sample\n"
        "from bot.sandbox.github.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "sample.load(store, 1_790_000_000)\n"
        "home, ana = directory.repositories(store)[0], directory.people(store)[0]\n"
        "issues.create(store, home, ana, {'title': 'Written before the kill'}, '2026-11-22T20:00:00Z')\n"
        "print('written', flush=True)\n"
        "time.sleep(60)\n"
    )
    path = tmp_path / "github.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(20):
        assert await process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
        await process.wait()
    store = Store(path)
    assert not store.fresh
    assert store.value("SELECT title FROM issues WHERE repository_id = 7200001 AND number = 5") == (
        "Written before the kill"
    )
    store.close()


def test_a_file_that_is_no_store_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "github.db"
    path.write_text("not a database, " * 100)
    with pytest.raises(StoreUnusable, match="Move that file away"):
        Store(path)
