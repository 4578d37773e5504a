"""What people type after `/task list` → a frozen filter, or a `Refusal`; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.errors import Refusal
from bot.tasks import parsing
from bot.tasks.model import LABEL_LIMIT
from bot.users.model import ROLES

EXAMPLE = "/task list is:open assignee:@me priority:>=high due:<friday"

STATES = ("open", "todo", "in_progress", "done", "late", "due-soon", "unassigned")
SORTS = ("due", "priority", "created")
KEYS = ("is", "assignee", "role", "epic", "story", "priority", "due", "sort")

_CONFUSED = {"status": "is", "state": "is", "order": "sort", "owner": "assignee", "user": "assignee"}

LONGEST = 300
"""A filter travels in the value of the buttons that page on, which holds 2,000 characters."""

_PIECE = re.compile(
    r"(?P<minus>-?)(?:(?P<key>[A-Za-z][A-Za-z_-]{0,20}):)?"
    r'(?P<compared>(?:[<>]=?(?![@#]))?)(?:"(?P<quoted>[^"]*)"|(?P<word>[^\s"]+))'
)
_EMPTY_KEY = re.compile(r'-?([A-Za-z][A-Za-z_-]{0,20}):(?=\s|$|"")')


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. `compared` is `""`, `<`, `<=`, `>` or `>=`; `value` is a word, a number of the priority column, a
    Slack id, `ME` or `NOBODY`, or still a date in words."""

    key: str
    value: str | int
    compared: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class TaskFilter:
    """What is asked for. `text` is the filter as it was typed, so that the next page can ask again."""

    text: str = ""
    words: tuple[tuple[str, bool], ...] = ()
    conditions: tuple[Condition, ...] = field(default=())
    sort: str = ""

    @property
    def people(self) -> tuple[str, ...]:
        """The Slack ids that the filter names."""
        named = (str(one.value) for one in self.conditions if one.key == "assignee")
        return tuple(dict.fromkeys(one for one in named if one not in (parsing.ME, parsing.NOBODY)))

    @property
    def says_state(self) -> bool:
        """Whether the filter says if done tasks are wanted; where it does not, only open ones are shown."""
        return any(one.key == "is" and one.value in ("open", "todo", "in_progress", "done") for one in self.conditions)


def task_filter(text: str) -> TaskFilter:
    """Read a filter. Raises `Refusal` for an unknown key or value, naming the nearest."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise Refusal(f"A filter has at most {LONGEST} characters; this one has {len(text)}.", example=EXAMPLE)
    if (empty := _EMPTY_KEY.search(text)) and empty[1].lower() in KEYS:
        raise Refusal(f"`{empty[1].lower()}:` needs a value behind the colon.", example=EXAMPLE)
    words: list[tuple[str, bool]] = []
    conditions: list[Condition] = []
    sort = ""
    for found in _PIECE.finditer(text):
        key = (found["key"] or "").lower()
        value = found["quoted"] if found["quoted"] is not None else found["word"]
        negated = bool(found["minus"])
        if key == "sort":
            sort = _one_of(value, SORTS, "sort")
        elif key in KEYS:
            conditions.append(_condition(key, value, found["compared"], negated))
        elif key and (meant := parsing.nearest_key(key, KEYS, _CONFUSED)):
            raise Refusal(f"I do not know `{key}:`. Did you mean `{meant}:`?", example=EXAMPLE)
        else:
            plain = f"{found['key']}:{value}" if key else found["compared"] + value
            if plain.startswith("<@") or plain.lower() == parsing.ME:
                conditions.append(Condition("assignee", parsing.assignee(plain), "", negated))
            else:
                words.append((plain, negated))
    return TaskFilter(text, tuple(words), tuple(conditions), sort)


def _condition(key: str, value: str, compared: str, negated: bool) -> Condition:
    if compared and key not in ("priority", "due"):
        raise Refusal(
            f"`{key}:` cannot be compared with {_shown(compared)}; only priority and due can.", example=EXAMPLE
        )
    if key == "is":
        return Condition(key, _one_of(value.replace("in-progress", "in_progress"), STATES, "is"), "", negated)
    if key == "assignee":
        return Condition(key, parsing.assignee(value), "", negated)
    if key == "role":
        return Condition(key, _one_of(value, ROLES, "role"), "", negated)
    if key == "priority":
        return Condition(key, parsing.priority(value), compared, negated)
    if key in ("epic", "story") and len(value) > LABEL_LIMIT:
        raise Refusal(f"The name of the {key} is longer than {LABEL_LIMIT} characters.", example=EXAMPLE)
    return Condition(key, value, compared, negated)


def _one_of(value: str, known: tuple[str, ...], key: str) -> str:
    lowered = value.lower()
    if lowered not in known:
        raise Refusal(
            f"`{key}:` takes one of {', '.join(known)}.{parsing.did_you_mean(lowered, known)}",
            example=f"/task list {key}:{known[0]}",
        )
    return lowered


def _shown(compared: str) -> str:
    return compared.replace("<", "&lt;").replace(">", "&gt;")
