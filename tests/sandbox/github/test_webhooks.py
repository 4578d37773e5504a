"""Webhooks of the local GitHub: signed, written down, sent again only when asked."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import aiohttp

from tests.local_github import TOKEN, WEBHOOK_SECRET, Received, Receiver, answering, local_github

AS_APP = {"Authorization": f"Bearer {TOKEN}"}


def told(received: Received) -> tuple[str, str | None]:
    body: dict[str, Any] = json.loads(received.body)
    return received.headers["X-GitHub-Event"], body.get("action")


async def test_the_app_hears_of_every_change_signed(http: aiohttp.ClientSession) -> None:
    receiver = Receiver()
    async with answering(receiver.receive) as address, local_github(webhook_url=f"{address}/hook") as hub:
        issue = {"title": "Heard", "assignees": ["ana-gh"], "labels": ["bug"]}
        await http.post(f"{hub.api}/repos/sample/web/issues", json=issue, headers=AS_APP)
        await http.post(f"{hub.api}/repos/sample/api/issues/1/comments", json={"body": "Yes"}, headers=AS_APP)
        received = await receiver.wait_for(4)
    assert [told(one) for one in received] == [
        ("issues", "opened"),
        ("issues", "labeled"),
        ("issues", "assigned"),
        ("issue_comment", "created"),
    ]
    first = received[0]
    digest = hmac.new(WEBHOOK_SECRET.encode(), first.body, hashlib.sha256).hexdigest()
    assert first.headers["X-Hub-Signature-256"] == f"sha256={digest}"
    body = json.loads(first.body)
    assert (body["issue"]["number"], body["repository"]["full_name"]) == (5, "sample/web")
    assert body["sender"]["login"] == "sample-scrum[bot]"
    assert len({one.headers["X-GitHub-Delivery"] for one in received}) == 4


async def test_a_repository_hook_is_pinged_and_hears_what_it_asked_for(http: aiohttp.ClientSession) -> None:
    receiver = Receiver()
    async with answering(receiver.receive) as address, local_github() as hub:
        hooks = f"{hub.api}/repos/sample/web/hooks"
        wanted = {"config": {"url": address, "content_type": "json"}, "events": ["issue_comment"]}
        made = await http.post(hooks, json=wanted, headers=AS_APP)
        assert made.status == 201
        await http.patch(f"{hub.api}/repos/sample/web/issues/1", json={"state": "closed"}, headers=AS_APP)
        await http.post(f"{hub.api}/repos/sample/web/issues/1/comments", json={"body": "Yes"}, headers=AS_APP)
        received = await receiver.wait_for(2)
        assert (await http.post(hooks, json=wanted, headers=AS_APP)).status == 422
    assert [told(one)[0] for one in received] == ["ping", "issue_comment"]
    assert "X-Hub-Signature-256" not in received[0].headers


async def test_a_failed_delivery_is_sent_again_by_hand_under_its_old_id(http: aiohttp.ClientSession) -> None:
    receiver = Receiver(status=500)
    async with answering(receiver.receive) as address, local_github() as hub:
        hooks = f"{hub.api}/repos/sample/web/hooks"
        config = {"config": {"url": address, "content_type": "json"}}
        hook = await (await http.post(hooks, json=config, headers=AS_APP)).json()
        await receiver.wait_for(1)
        deliveries = hook["deliveries_url"]
        listed = await (await http.get(deliveries, headers=AS_APP)).json()
        again = await http.post(f"{deliveries}/{listed[0]['id']}/attempts", headers=AS_APP)
        assert again.status == 202
        first, second = await receiver.wait_for(2)
    assert second.headers["X-GitHub-Delivery"] == first.headers["X-GitHub-Delivery"]
    assert second.body == first.body


async def test_what_was_not_sent_is_sent_after_the_next_start(http: aiohttp.ClientSession, tmp_path: Path) -> None:
    from bot.sandbox.github.store import Store
    from bot.sandbox.github.webhooks import Webhooks, hook_by_id

    receiver = Receiver()
    async with answering(receiver.receive) as address:
        # A process that wrote the delivery down and ended before it was sent.
        store = Store(tmp_path / "github.db")
        left_over = Webhooks(store, lambda: 0.0)
        left_over.set_app_hook(address, None)
        hook = hook_by_id(store, 1)
        assert hook is not None
        left_over.deliver(hook, "issues", "opened", {"action": "opened"})
        store.close()

        async with local_github(tmp_path / "github.db"):
            received = await receiver.wait_for(1)
    assert told(received[0]) == ("issues", "opened")


async def test_nobody_listening_is_noted_and_holds_nothing_up(http: aiohttp.ClientSession) -> None:
    async with local_github(webhook_url="http://127.0.0.1:1/") as hub:
        comment = {"body": "Anybody?"}
        address = f"{hub.api}/repos/sample/web/issues/1/comments"
        assert (await http.post(address, json=comment, headers=AS_APP)).status == 201
        assert [one.event for one in hub.service.deliveries()] == ["issue_comment"]
