"""What a workspace consists of: its team, people, conversations, and the data it starts from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
Kind = Literal["channel", "private", "im", "mpim"]

# The one app of the local workspace. Slack's ids have these leading letters: T team, U user, B bot, A app.
TEAM_ID = "T0SAMPLE1"
BOT_USER_ID = "U0SCRUMBOT"
BOT_ID = "B0SCRUMBOT"
APP_ID = "A0SCRUMBOT"


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the workspace. `avatar` is a path of the page or an https address, `tz` an IANA name."""

    id: str
    name: str
    real_name: str
    title: str = ""
    email: str = ""
    tz: str = "Etc/UTC"
    avatar: str = ""
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    deleted: bool = False
    updated: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """A conversation: a public or private channel, or a direct message between two (`im`) or more (`mpim`)."""

    id: str
    kind: Kind
    name: str
    topic: str = ""
    creator: str = ""
    created: int = 0
    members: tuple[str, ...] = ()
    is_archived: bool = False

    @property
    def is_direct(self) -> bool:
        return self.kind in ("im", "mpim")


@dataclass(frozen=True, slots=True)
class FirstMessage:
    """A message that is there when the workspace is new, said `minutes_ago`."""

    channel: str
    user: str
    text: str
    minutes_ago: float = 0.0


@dataclass(frozen=True, slots=True)
class WorkspaceData:
    """What a new workspace starts with."""

    people: tuple[Person, ...]
    channels: tuple[Channel, ...]
    messages: tuple[FirstMessage, ...] = ()
    team: Json = field(
        default_factory=lambda: {"id": TEAM_ID, "name": "Sample Workspace", "domain": "sample-workspace"}
    )


def normal_ts(value: str) -> str:
    """A Slack timestamp in the form whose alphabetical order is its order in time: ten digits, a dot, six digits.

    Slack accepts `1700000000`, `1700000000.5` and `1700000000.000100` where it asks for one. Raises ValueError.
    """
    seconds, _, fraction = value.strip().partition(".")
    if not (seconds.isascii() and seconds.isdigit()) or (fraction and not (fraction.isascii() and fraction.isdigit())):
        raise ValueError(f"{value!r} is not a timestamp")
    return f"{int(seconds):010d}.{fraction[:6]:0<6}"
