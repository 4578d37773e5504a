"""The test driver: people of the local workspace, speaking over real HTTP and WebSocket as the page does.

    async with LocalWorkspace.start(manifest=manifest) as slack:
        ana = slack.person("ana")
        receipt = await ana.types("/task new Fix login", in_="#web")
        card = await slack.channel("web").shows("Fix login")
        await ana.presses("Done", on=card)

Nothing sleeps: `shows`, `sees_modal` and their like look, wait for the next push to that person's page, and look again
until a deadline; then they fail and print what is shown instead.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.sandbox.github.service import LocalGitHub
from bot.sandbox.server import LocalServer
from bot.sandbox.slack.local_slack import LocalSlack
from bot.sandbox.slack.model import BOT_USER_ID
from bot.sandbox.slack.sample import sample_workspace
from tests.workspace_person import WITHIN, Conversation, Person
from tests.workspace_seen import Message, Modal, Refused

__all__ = ["WITHIN", "Conversation", "LocalWorkspace", "Message", "Modal", "Person", "Refused"]


class LocalWorkspace:
    """A local Slack that listens, and the people in it. `slack` and `server` are there when it was started here."""

    def __init__(self, base_url: str, people: dict[str, str], slack: LocalSlack | None = None) -> None:
        self.base_url = base_url
        self.people = people
        self._slack = slack
        self._session = aiohttp.ClientSession()
        self._persons: dict[str, Person] = {}

    @classmethod
    @asynccontextmanager
    async def start(
        cls, *, manifest: dict[str, Any], github: LocalGitHub | None = None, port: int = 0, **options: Any
    ) -> AsyncIterator[LocalWorkspace]:
        """Start a local Slack on a free port; `options` are those of `LocalSlack`."""
        slack = LocalSlack(manifest=manifest, **options)
        server = LocalServer(slack, github, port=port)
        try:
            await server.start()
            people = {person.name: person.id for person in slack.platform.workspace.people.values()}
            async with cls.at(server.base_url, people, slack) as workspace:
                yield workspace
        finally:
            await server.stop()

    @classmethod
    @asynccontextmanager
    async def at(
        cls, base_url: str, people: dict[str, str] | None = None, slack: LocalSlack | None = None
    ) -> AsyncIterator[LocalWorkspace]:
        """Speak to a server that runs already, by default with the sample people in it."""
        known = people or {person.name: person.id for person in sample_workspace().people}
        workspace = cls(base_url.rstrip("/"), known, slack)
        try:
            yield workspace
        finally:
            for person in workspace._persons.values():
                await person.leave_page()
            await workspace._session.close()

    @property
    def slack(self) -> LocalSlack:
        """The local Slack itself, where it was started here: its tokens, its clock, its connections."""
        assert self._slack is not None, "This workspace runs elsewhere."
        return self._slack

    @property
    def api_url(self) -> str:
        """What `SLACK_API_URL` has to be for the bot."""
        return f"{self.base_url}/api/"

    @property
    def bot_token(self) -> str:
        return self.slack.bot_token

    @property
    def app_token(self) -> str:
        return self.slack.app_token

    @property
    def signing_secret(self) -> str:
        return self.slack.signing_secret

    def person(self, name: str) -> Person:
        """The person with this handle; one page each, shared by all who ask."""
        if name not in self._persons:
            self._persons[name] = Person(self._session, self.base_url, name, self.people[name])
        return self._persons[name]

    def channel(self, name: str, *, as_seen_by: str | None = None) -> Conversation:
        """A channel as one of its members sees it: `as_seen_by`, or the first who is in it."""
        if as_seen_by is not None:
            return self.person(as_seen_by).channel(name)
        if self._slack is not None:
            channel = self._slack.platform.workspace.channel_named(name)
            assert channel is not None, f"there is no channel {name}"
            for handle, user_id in self.people.items():
                if user_id in channel.members and user_id != BOT_USER_ID:
                    return self.person(handle).channel(name)
        return self.person(next(iter(self.people))).channel(name)

    async def has_faults(self, *faults: dict[str, Any]) -> None:
        """Replace the faults that the workspace has; none ends them all."""
        async with self._session.post(f"{self.base_url}/_/faults", json={"faults": list(faults)}) as response:
            answer = await response.json()
            assert answer["ok"], answer

    async def bot_is_connected(self, connected: bool = True, within: float = WITHIN) -> None:
        """Wait until the bot is connected, or is not."""
        await self.person(next(iter(self.people))).sees_bot(connected, within)
