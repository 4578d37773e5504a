"""The local Slack as a whole: its parts put together, and its routes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from bot.sandbox.faults import Faults
from bot.sandbox.slack.answers import Answers
from bot.sandbox.slack.arguments import read_arguments
from bot.sandbox.slack.delivery import ACK_SECONDS, Delivery
from bot.sandbox.slack.ephemerals import Ephemerals
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.events import RETRY_DELAYS, Events
from bot.sandbox.slack.http_mode import HttpMode
from bot.sandbox.slack.interactions import Interactions
from bot.sandbox.slack.live import Live
from bot.sandbox.slack.manifest import read_manifest
from bot.sandbox.slack.membership import Membership
from bot.sandbox.slack.model import BOT_USER_ID, Json, Person, WorkspaceData
from bot.sandbox.slack.person import PersonInterface
from bot.sandbox.slack.platform import Platform, visible_channels
from bot.sandbox.slack.rates import TOLERANT, Limits, Rates
from bot.sandbox.slack.sample import sample_workspace
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.state import Workspace
from bot.sandbox.slack.store import Store
from bot.sandbox.slack.timeline import Timeline
from bot.sandbox.slack.triggers import Triggers
from bot.sandbox.slack.views import Views
from bot.sandbox.slack.web_api import WebApi


class LocalSlack:
    """A Slack workspace with one app, described by `manifest`, on one machine.

    `store` is the SQLite file that keeps it (None: nothing survives), `clock` gives seconds since 1970 (UTC),
    `workspace` is what a new one starts with, `limits` how much it takes (None: everything). With `request_url` the
    app is reached over signed HTTP, otherwise over Socket Mode. `retry_delays` and `ack_seconds` are in seconds.
    Raises `Failure` if the store cannot be used, ValueError if the manifest is no manifest.
    """

    def __init__(
        self,
        *,
        manifest: Json,
        store: Path | None = None,
        clock: Callable[[], float] = time.time,
        bot_token: str = "xoxb-local-bot",
        app_token: str = "xapp-local-app",
        signing_secret: str = "local-signing-secret",
        workspace: WorkspaceData | None = None,
        limits: Limits | None = TOLERANT,
        request_url: str | None = None,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
        ack_seconds: float = ACK_SECONDS,
    ) -> None:
        self.bot_token = bot_token
        self.app_token = app_token
        self.signing_secret = signing_secret
        self.faults = Faults()
        described = read_manifest(manifest)
        state = Workspace(Store(store), workspace or sample_workspace(), clock)
        live = Live(lambda user: visible_channels(state, user))
        socket_mode = SocketMode(self.faults, clock, self._connection_changed, ack_seconds=ack_seconds)
        self.http_mode = (
            HttpMode(request_url, signing_secret, clock, ack_seconds=ack_seconds) if request_url is not None else None
        )
        delivery: Delivery = self.http_mode or socket_mode
        # Slack's legacy verification token: sent along in every payload, and no secret here.
        token = "local-verification-token"
        events = Events(described, state, delivery, token=token, retry_delays=retry_delays)
        timeline = Timeline(state, live, events)
        ephemerals = Ephemerals(state, live)
        self.platform = Platform(
            manifest=described,
            workspace=state,
            faults=self.faults,
            rates=Rates(limits, clock),
            live=live,
            delivery=delivery,
            socket_mode=socket_mode,
            events=events,
            timeline=timeline,
            membership=Membership(described, state, live, events, timeline),
            ephemerals=ephemerals,
            triggers=Triggers(clock),
            answers=Answers(described, state, timeline, ephemerals, clock),
            views=Views(state, live),
        )
        self._web_api = WebApi(self.platform, bot_token=bot_token, app_token=app_token)
        self._people = PersonInterface(self.platform, Interactions(self.platform, token))
        self._introduce_bot()

    def _introduce_bot(self) -> None:
        """The bot user is named by the manifest of today, also in a workspace that was kept."""
        name = self.platform.manifest.bot_name
        bot = Person(
            BOT_USER_ID,
            name.lower().replace(" ", "_"),
            name,
            avatar="/page/avatars/bot.svg",
            is_bot=True,
        )
        if self.platform.workspace.people.get(BOT_USER_ID) != bot:
            self.platform.workspace.save_person(bot)

    @property
    def base_url(self) -> str:
        """The server's address, without a slash at the end."""
        return self.platform.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self.platform.answers.base_url = url.rstrip("/")
        self.platform.membership.base_url = url.rstrip("/")

    @property
    def api_url(self) -> str:
        """What Slack's clients take as their base address."""
        return f"{self.base_url}/api/"

    def add_routes(self, app: web.Application) -> None:
        app.router.add_route("*", "/api/{method}", self._web_api.serve)
        app.router.add_get("/socket", self.platform.socket_mode.serve)
        app.router.add_post("/response/{token}", self._response_url)
        self._people.add_routes(app)

    async def start(self) -> None:
        """Begin to send events over HTTP; over Socket Mode that begins when the app connects."""
        self.platform.events.resume()

    async def disconnect(self) -> None:
        """Stop sending events, and close the WebSockets of the pages and of the app."""
        await self.platform.events.close()
        await self.platform.live.close()
        await self.platform.socket_mode.close()
        if self.http_mode is not None:
            await self.http_mode.close()

    def close(self) -> None:
        """Close the store; nothing may be asked any more."""
        self.platform.workspace.close()

    async def refresh_connections(self) -> None:
        """Tell the app to reconnect, as Slack does every few hours."""
        await self.platform.socket_mode.refresh()

    async def _response_url(self, request: web.Request) -> web.Response:
        """docs.slack.dev/interactivity/handling-user-interaction#message_responses"""
        try:
            body = await read_arguments(request)
            if isinstance(body.get("payload"), str):
                body = json.loads(body["payload"])
            self.platform.answers.use(request.match_info["token"], body)
        except SlackError as error:
            status = 404 if error.code in ("expired_url", "used_url", "invalid_url") else 400
            return web.json_response(error.body(), status=status)
        except ValueError:
            return web.json_response(SlackError("invalid_payload").body(), status=400)
        return web.Response(text="ok")

    def _connection_changed(self) -> None:
        self.platform.events.resume()
        self.platform.live.push_to_all("bot", bot=self.platform.bot_state())
