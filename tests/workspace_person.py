"""A person of the local workspace, with a page open: what they do, and what they see."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import aiohttp

from bot.sandbox.slack.element_values import options_of
from bot.sandbox.slack.model import BOT_USER_ID
from bot.sandbox.slack.rendering import render_text
from tests.workspace_seen import Message, Modal, Refused, find_control, option_value, shown_instead

# Seconds until something that has to happen counts as not happening.
WITHIN = 5.0
T = TypeVar("T")
Json = dict[str, Any]


class Person:
    """Acts and looks with one page. Names of conversations: `#web`, `@bo` (direct message), `@bot`, or an id."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str, name: str, user_id: str) -> None:
        self.name = name
        self.id = user_id
        self.toasts: list[str] = []
        self._session = session
        self._base_url = base_url
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._pushed = asyncio.Condition()
        self._pushes = 0
        self._names: dict[str, str] = {}
        self._tz = ZoneInfo("Etc/UTC")
        self._channels: dict[str, str] = {}

    # The page -----------------------------------------------------------------------------------------------------

    async def opens_page(self, *, fresh: bool = False) -> None:
        """Open the page, if it is not open; `fresh` loads it anew, and what was ephemeral is gone."""
        if fresh:
            await self.leave_page()
        if self._socket is not None and not self._socket.closed:
            return
        address = f"{self._base_url.replace('http', 'ws', 1)}/_/live?as={self.id}{'&fresh=1' if fresh else ''}"
        self._socket = await self._session.ws_connect(address)
        self._reader = asyncio.create_task(self._read(self._socket))
        await self._look_around()

    async def leave_page(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            self._socket = None
        if self._reader is not None:
            await self._reader
            self._reader = None

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for received in socket:
            push = received.json()
            if push["type"] == "toast":
                self.toasts.append(push["text"])
            async with self._pushed:
                self._pushes += 1
                self._pushed.notify_all()

    async def _look_around(self) -> None:
        seen = await self._get("workspace")
        self._names = {person["id"]: person["name"] for person in seen["people"]}
        self._names |= {channel["id"]: channel["name"] for channel in seen["channels"]}
        self._tz = ZoneInfo(seen["me"]["tz"])
        handles = {person["id"]: person["name"] for person in seen["people"]}
        self._channels = {}
        for channel in seen["channels"]:
            key = f"@{handles[channel['user']]}" if channel["kind"] == "im" else f"#{channel['name']}"
            self._channels[key] = channel["id"]

    async def until(self, look: Callable[[], Awaitable[T | None]], within: float, instead: Callable[[], str]) -> T:
        """Look again at each push until there is something to see; fail with `instead` after `within` seconds."""
        await self.opens_page()
        try:
            async with asyncio.timeout(within):
                while True:
                    seen = self._pushes
                    found = await look()
                    if found is not None:
                        return found
                    async with self._pushed:
                        await self._pushed.wait_for(lambda seen=seen: self._pushes > seen)
        except TimeoutError:
            raise AssertionError(f"{self.name} waited {within} s {instead()}") from None

    async def _get(self, what: str, **query: str) -> Json:
        async with self._session.get(f"{self._base_url}/_/{what}", params={"as": self.id, **query}) as response:
            return self._answer(await response.json())

    async def _post(self, what: str, **body: Any) -> Json:
        async with self._session.post(f"{self._base_url}/_/{what}", json={"as": self.id, **body}) as response:
            return self._answer(await response.json())

    @staticmethod
    def _answer(answer: Json) -> Json:
        if not answer["ok"]:
            raise Refused(answer["error"], answer["message"])
        return answer

    async def channel_id(self, name: str) -> str:
        """The id of the conversation that the person calls `name`."""
        await self.opens_page()
        if name[0] not in "#@":
            name = name if name in self._names else f"#{name}"
        if name in self._names:
            return name
        if name not in self._channels:
            await self._look_around()
        if name not in self._channels and name.startswith("@"):
            ids = {handle: user_id for user_id, handle in self._names.items()}
            user_id = BOT_USER_ID if name == "@bot" else ids[name[1:]]
            return (await self._post("open", user=user_id))["channel"]["id"]
        assert name in self._channels, f"{self.name} sees no {name}, only {', '.join(sorted(self._channels))}"
        return self._channels[name]

    # What the person does -------------------------------------------------------------------------------------------

    async def types(self, line: str, in_: str) -> Message:
        """Type a slash command and wait until the app acknowledged it: gives the answer, empty if there was none."""
        channel = await self.channel_id(in_)
        known = {message.ts for message in await self.messages(in_)}
        await self._post("command", channel=channel, text=line)
        new = [message for message in await self.messages(in_) if message.ts not in known]
        told = [message for message in new if message.body.get("ephemeral")]
        return (told or new or [Message(channel, "", {})])[-1]

    async def says(self, text: str, in_: str, thread: Message | None = None) -> Message:
        channel = await self.channel_id(in_)
        said = await self._post("say", channel=channel, text=text, thread_ts=thread.ts if thread else None)
        return await self._message(channel, said["ts"], thread.ts if thread else None)

    async def edits(self, message: Message, text: str) -> None:
        await self._post("edit", **message.container, text=text)

    async def deletes(self, message: Message) -> None:
        await self._post("delete", **message.container)

    async def reacts(self, name: str, on: Message) -> None:
        await self._post("react", **on.container, name=name)

    async def joins(self, channel: str) -> None:
        await self._post("join", channel=await self.channel_id(channel))

    async def leaves(self, channel: str) -> None:
        await self._post("leave", channel=await self.channel_id(channel))

    async def invites(self, user_id: str, to: str) -> None:
        await self._post("invite", channel=await self.channel_id(to), user=user_id)

    async def kicks(self, user_id: str, from_: str) -> None:
        await self._post("kick", channel=await self.channel_id(from_), user=user_id)

    async def does(self, what: str, **body: Any) -> Json:
        """Anything else of the interface: `await ada.does("profile", user=…, deleted=True)`."""
        return await self._post(what, **body)

    async def presses(self, label: str, on: Message | Modal) -> None:
        """Press the button with this label, on the message or view as it is now."""
        block, element = find_control(await self._now(on), label, ("button",))
        await self._use(on, block, element, None)

    async def chooses(self, label: str, choice: Any, on: Message | Modal) -> None:
        """Use a menu, picker, checkbox or input by its label, placeholder or action_id; see `fills` for `choice`."""
        block, element = find_control(await self._now(on), label, None)
        await self._use(on, block, element, await self._value(on, block, element, choice))

    async def fills(self, modal: Modal, values: Mapping[str, Any]) -> None:
        """Fill fields by label. A choice is the text or value of an option, `@ana`, `#web`, a date, or a list."""
        for label, choice in values.items():
            await self.chooses(label, choice, modal)

    async def is_offered(self, label: str, typed: str, on: Message | Modal) -> list[str]:
        """What a menu that asks the app offers for `typed`."""
        block, element = find_control(await self._now(on), label, None)
        return [option["text"]["text"] for option in await self._options(on, block, element, typed)]

    async def submits(self, modal: Modal) -> dict[str, str] | None:
        """Submit a modal: gives the errors by the label of their field, or None if it was accepted."""
        answer = await self._post("submit", view_id=modal.id, values={})
        if answer.get("response_action") != "errors":
            return None
        labels = {b["block_id"]: b["label"]["text"] for b in await self._now(modal) if b["type"] == "input"}
        return {labels.get(block_id, block_id): error for block_id, error in answer["errors"].items()}

    async def closes(self, modal: Modal) -> None:
        await self._post("close", view_id=modal.id)

    async def shortcut(self, name: str, on: Message | None = None) -> None:
        """Use a shortcut by its name or callback_id."""
        offered = (await self._get("workspace"))["shortcuts"]
        ids = [each["callback_id"] for each in offered if name in (each["name"], each["callback_id"])]
        assert ids, f"there is no shortcut {name!r}, only {[each['name'] for each in offered]}"
        more = {"container": on.container} if on is not None else {}
        await self._post("shortcut", callback_id=ids[0], **more)

    async def _use(self, on: Message | Modal, block: Json, element: Json, value: Any) -> None:
        ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
        await self._post("action", container=on.container, **ids, value=value)

    async def _options(self, on: Message | Modal, block: Json, element: Json, typed: str) -> list[Json]:
        ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
        answer = await self._post("options", container=on.container, **ids, value=typed)
        return options_of(answer)

    async def _value(self, on: Message | Modal, block: Json, element: Json, choice: Any) -> Any:
        if isinstance(choice, list):
            return [await self._value(on, block, element, each) for each in choice]
        kind = element["type"]
        if kind.endswith("external_select") and choice is not None:
            return option_value(await self._options(on, block, element, str(choice)), choice)
        if options_of(element) and choice is not None:
            return option_value(options_of(element), choice)
        if kind.endswith("users_select") and str(choice).startswith("@"):
            return next(user_id for user_id, handle in self._names.items() if handle == choice[1:])
        if kind.endswith(("channels_select", "conversations_select")) and str(choice).startswith("#"):
            return await self.channel_id(choice)
        return choice

    # What the person sees -------------------------------------------------------------------------------------------

    def channel(self, name: str) -> Conversation:
        """A conversation as this person sees it."""
        return Conversation(self, name if name[0] in "#@" else f"#{name}")

    def direct_message_from_bot(self) -> Conversation:
        return Conversation(self, "@bot")

    async def messages(self, in_: str, thread: Message | None = None) -> list[Message]:
        """The newest messages of a conversation or thread, oldest first."""
        channel = await self.channel_id(in_)
        more = {"thread_ts": thread.ts} if thread is not None else {}
        found = (await self._get("messages", channel=channel, **more))["messages"]
        return [self._rendered(channel, message) for message in found]

    def _rendered(self, channel: str, message: Json) -> Message:
        return Message(channel, render_text(message, self._names, self._tz), message)

    async def _message(self, channel: str, ts: str, thread_ts: str | None = None) -> Message:
        more = {"thread_ts": thread_ts} if thread_ts else {}
        found = (await self._get("messages", channel=channel, limit="1000", **more))["messages"]
        return self._rendered(channel, next(message for message in found if message["ts"] == ts))

    async def _now(self, on: Message | Modal) -> list[Json]:
        """The blocks as they are now."""
        if isinstance(on, Message):
            return (await self._message(on.channel, on.ts, on.body.get("thread_ts"))).blocks
        if on.kind == "home":
            return on.blocks
        open_views = (await self._get("views"))["views"]
        return next((view["blocks"] for view in open_views if view["id"] == on.id), on.blocks)

    async def sees_modal(self, title: str, words: str = "", within: float = WITHIN) -> Modal:
        """Wait until the modal on top has this title, and holds these words."""
        shown: list[str] = []

        async def look() -> Modal | None:
            views = (await self._get("views"))["views"]
            shown[:] = [render_text(view, self._names, self._tz) for view in views]
            if views and views[-1]["title"]["text"] == title and words in shown[-1]:
                return Modal(views[-1], shown[-1])
            return None

        wanted = f"{title!r}{f' with {words!r}' if words else ''}"
        return await self.until(look, within, lambda: f"for a form {wanted}; open instead: {shown or 'none'}")

    async def sees_no_modal(self, within: float = WITHIN) -> None:
        """Wait until no modal is open."""
        shown: list[str] = []

        async def look() -> bool | None:
            views = (await self._get("views"))["views"]
            shown[:] = [render_text(view, self._names, self._tz) for view in views]
            return True if not views else None

        await self.until(look, within, lambda: f"for all forms to close; open still: {shown}")

    async def home(self, words: str = "", within: float = WITHIN) -> Modal:
        """Open the Home tab and wait until it holds these words."""
        await self._post("home")
        shown = ["nothing"]

        async def look() -> Modal | None:
            view = (await self._get("home"))["view"]
            if view is None:
                return None
            shown[0] = render_text(view, self._names, self._tz)
            return Modal(view, shown[0], "home") if words in shown[0] else None

        return await self.until(look, within, lambda: f"for a Home tab with {words!r}; it shows:\n{shown[0]}")

    async def sees_bot(self, connected: bool, within: float = WITHIN) -> None:
        async def look() -> bool | None:
            return True if (await self._get("workspace"))["bot"]["connected"] is connected else None

        await self.until(look, within, lambda: f"for the bot to be {'connected' if connected else 'gone'}")


@dataclass(frozen=True)
class Conversation:
    """A conversation, or a thread of one, as a person sees it."""

    person: Person
    name: str
    thread: Message | None = None

    def thread_of(self, message: Message) -> Conversation:
        return Conversation(self.person, self.name, message)

    async def messages(self) -> list[Message]:
        return await self.person.messages(self.name, self.thread)

    async def shows(self, *words: str, within: float = WITHIN) -> Message:
        """Wait for a message that holds all these words: the newest one that does."""
        return (await self.shows_times(1, *words, within=within))[-1]

    async def shows_times(self, times: int, *words: str, within: float = WITHIN) -> list[Message]:
        """Wait until at least so many messages hold all these words."""
        shown: list[Message] = []

        async def look() -> list[Message] | None:
            shown[:] = await self.messages()
            found = [message for message in shown if all(word in message for word in words)]
            return found if len(found) >= times else None

        return await self.person.until(look, within, lambda: f"for {words} in {self.name}; {shown_instead(shown)}")

    async def hides(self, words: str, within: float = WITHIN) -> None:
        """Wait until no message holds these words any more."""
        shown: list[Message] = []

        async def look() -> bool | None:
            shown[:] = await self.messages()
            return None if any(words in message for message in shown) else True

        await self.person.until(look, within, lambda: f"for {words!r} to go from {self.name}; {shown_instead(shown)}")
