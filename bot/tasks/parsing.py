"""What people type after `/task`: the quick-add line and numbers of tasks → frozen values, or a `Refusal`; pure.

The line follows GitHub's search syntax: `key:value`, quotes around spaces. Text reaches this module decoded, with
mentions as `<@U…>`; no clock and no record is needed to read it, so it is read before a transaction is opened.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.errors import Refusal
from bot.tasks import dates
from bot.tasks.model import LABEL_LIMIT, PRIORITIES, TITLE_LIMIT
from bot.users.model import WORKING_ROLES

NEW_EXAMPLE = "/task new Fix login redirect @ana due:friday !high epic:AUTH"
ASSIGN_EXAMPLE = "/task assign 12 @ana"

KEYS = ("assignee", "due", "start", "priority", "epic", "story", "role")
_CONFUSED = {
    "date": "due",
    "deadline": "due",
    "end": "due",
    "prio": "priority",
    "owner": "assignee",
    "assigned": "assignee",
    "user": "assignee",
    "deu": "due",
}
"""What people say instead of a key."""

_KEY_CUTOFF = 0.75
"""How alike a word before a colon must be to a key to count as a typo of it; titles like `Part: …` are none."""

_WORD_CUTOFF = 0.66
"""The same for the words of a closed list, where nothing is lost by naming the wrong one."""

ME, NOBODY = "@me", "none"
"""An assignee who is not a Slack id: whoever types, and nobody at all."""

HIGHEST_NUMBER = 2_147_483_647
"""The largest number that PostgreSQL's `integer` holds."""

_MENTION = re.compile(r"<@([UW][A-Z0-9]{2,})>")
_QUOTED = re.compile(r'"([^"\n]*)"')
_KEY = re.compile(r"([A-Za-z][A-Za-z_-]{1,20}):")
_WORD = re.compile(r"\S+")
_NUMBER = re.compile(r"(?:[Tt]-?|#)?(\d{1,10})")


@dataclass(frozen=True, slots=True)
class NewTask:
    """A quick-add line as it was typed. `assignee` is a Slack id, `ME` or `NOBODY`; dates are still words.

    None stands for what was not said.
    """

    title: str = ""
    description: str = ""
    assignee: str | None = None
    due: str | None = None
    start: str | None = None
    priority: int | None = None
    role: str | None = None
    epic: str | None = None
    story: str | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """The Slack ids of the people whom the line needs."""
        return (self.assignee,) if self.assignee and self.assignee not in (ME, NOBODY) else ()


def new_task(text: str) -> NewTask:
    """Read a quick-add line.

    Raises `Refusal`, which names the piece at fault, for what cannot be meant: an unknown priority or role, a key that
    nearly equals a known one, two people, something said twice, a title over 200 characters.
    """
    head, description = _split_description(text)
    reading = _Reading(head)
    draft = reading.run()
    if len(draft.title) > TITLE_LIMIT:
        raise Refusal(
            f"The title has {len(draft.title)} characters, and {TITLE_LIMIT} is the limit. "
            "Put the details after ` -- `: they become the description.",
            example="/task new Fix login redirect due:friday -- It happens only after a timeout",
            field="title",
        )
    return replace(draft, description=description)


def _split_description(text: str) -> tuple[str, str]:
    """The line, and what follows its first line break or ` -- ` outside quotes."""
    first_line, _, below = text.partition("\n")
    for found in re.finditer(r'"[^"]*"|(?<=\s)--(?=\s|$)', first_line):
        if found[0] == "--":
            beside = first_line[found.end() :].strip()
            return first_line[: found.start()], "\n".join(part for part in (beside, below.strip()) if part)
    return first_line, below.strip()


class _Reading:
    """One pass over a line: what is a qualifier is taken out, what is left is the title."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0
        self._given: dict[str, str] = {}
        self._mentioned: list[str] = []
        # Each piece of the title, and the Slack id where it is a bare mention.
        self._title: list[tuple[str, str | None]] = []

    def run(self) -> NewTask:
        while self._at < len(self._line):
            if self._line[self._at].isspace():
                self._at += 1
            else:
                self._piece()
        assignee = self._assignee()
        pieces = [piece for piece, person in self._title if not (person and person == assignee)]
        title = " ".join(pieces) if "assignee" not in self._given else " ".join(piece for piece, _ in self._title)
        if len(self._title) == 1 and (whole := _QUOTED.fullmatch(title)):
            title = whole[1]
        given = self._given
        return NewTask(
            title=" ".join(title.split()),
            assignee=assignee,
            due=given.get("due"),
            start=given.get("start"),
            priority=priority(given["priority"]) if "priority" in given else None,
            role=role(given["role"]) if "role" in given else None,
            epic=given.get("epic"),
            story=given.get("story"),
        )

    def _piece(self) -> None:
        line, at = self._line, self._at
        if quoted := _QUOTED.match(line, at):
            self._keep(quoted[0])
        elif mention := _MENTION.match(line, at):
            self._mentioned.append(mention[1])
            self._keep(mention[0], mention[1])
        elif key := _KEY.match(line, at):
            self._qualifier(key)
        else:
            self._word(_WORD.match(line, at)[0])  # type: ignore[index]  # The caller stands on a character.

    def _keep(self, piece: str, person: str | None = None) -> None:
        self._at += len(piece)
        # What follows without a space belongs to the same word: a comma, a possessive.
        rest = re.match(r"[^\s\"]*", self._line[self._at :])
        tail = rest[0] if rest else ""
        self._at += len(tail)
        if person and tail in (",", ".", ";", ""):
            self._title.append((piece, person))
        else:
            self._title.append((piece + tail, None))
            if person:
                self._mentioned.remove(person)

    def _word(self, word: str) -> None:
        if word.startswith("!") and len(word) > 1:
            if _is_priority(word[1:]):
                self._set("priority", word[1:])
                self._at += len(word)
                return
            if word[1:].isalpha() and _nearest(word[1:].lower(), list(PRIORITIES), _WORD_CUTOFF):
                priority(word[1:])
        elif word.lower() == ME:
            self._set("assignee", ME)
            self._at += len(word)
            return
        elif word.startswith("@") and len(word) > 1:
            raise unknown_person(word)
        self._at += len(word)
        self._title.append((word, None))

    def _qualifier(self, key: re.Match[str]) -> None:
        name = key[1].lower()
        if name not in KEYS:
            whole = _WORD.match(self._line, self._at)[0]  # type: ignore[index]  # It begins with the key.
            if meant := nearest_key(name, KEYS):
                raise Refusal(
                    f"I do not know `{_escape(name)}:`. Did you mean `{meant}:`? "
                    "Put quotes around it to keep it in the title.",
                    example=f"{meant}:{_escape(whole[key.end() - key.start() :]) or '…'}",
                )
            self._word(whole)
            return
        value, end = self._value(name, key.end())
        if value is None:
            # A space after the colon, and nothing that could be the value: `Write story: login page`.
            self._word(key[0])
            return
        if not value:
            raise Refusal(f"`{name}:` needs a value behind the colon.", example=NEW_EXAMPLE)
        self._at = end
        self._set(name, value)

    def _value(self, name: str, at: int) -> tuple[str | None, int]:
        """A qualifier's value and where it ends; None where what follows a space is no value for it."""
        start = at + len(self._line[at:]) - len(self._line[at:].lstrip())
        rest = self._line[start:]
        if name in ("due", "start") and (length := dates.extent(rest)):
            return rest[:length], start + length
        if start > at and not (_MENTION.match(rest) if name == "assignee" else _fits(name, rest)):
            return None, at
        if quoted := _QUOTED.match(rest):
            return quoted[1].strip(), start + quoted.end()
        word = _WORD.match(rest)
        return (word[0], start + word.end()) if word else ("", start)

    def _set(self, name: str, value: str) -> None:
        if name in self._given:
            said = "The priority is" if name == "priority" else f"`{name}:` is"
            raise Refusal(f"{said} given twice. Say it once.", example=NEW_EXAMPLE)
        if name in ("epic", "story") and len(value) > LABEL_LIMIT:
            raise Refusal(f"The name of the {name} is longer than {LABEL_LIMIT} characters.", field=name)
        self._given[name] = value

    def _assignee(self) -> str | None:
        if said := self._given.get("assignee"):
            return assignee(said)
        people = tuple(dict.fromkeys(self._mentioned))
        if len(people) > 1:
            both = " and ".join(f"<@{one}>" for one in people[:3])
            raise Refusal(
                f"You mention {both}, and a task has one assignee. Say who with `assignee:`; "
                "the others then stay in the title.",
                example="/task new Ask @bo about the logs assignee:@ana due:friday",
            )
        return people[0] if people else None


def _fits(name: str, rest: str) -> bool:
    """Whether the word after `priority: ` or `role: ` is a value of it; epics and stories can be anything."""
    word = _WORD.match(rest)
    if not word:
        return False
    return (name == "priority" and _is_priority(word[0])) or (name == "role" and word[0].lower() in WORKING_ROLES)


def _is_priority(word: str) -> bool:
    return word.lower() in PRIORITIES or word.lower() == "critical"


def priority(word: str) -> int:
    """A priority word as its number. Raises `Refusal` for a word that is none."""
    lowered = word.lower().lstrip("!")
    if lowered == "critical":
        lowered = "urgent"
    if lowered not in PRIORITIES:
        raise Refusal(
            f"“{_escape(word)}” is no priority. It is one of {', '.join(PRIORITIES)}."
            f"{did_you_mean(lowered, PRIORITIES)}",
            example="priority:high",
            field="priority",
        )
    return PRIORITIES[lowered]


def role(word: str) -> str:
    """A role that tasks are given to. Raises `Refusal` for a word that is none."""
    lowered = word.lower()
    if lowered not in WORKING_ROLES:
        raise Refusal(
            f"“{_escape(word)}” is no role a task can have. It is one of {', '.join(WORKING_ROLES)}."
            f"{did_you_mean(lowered, WORKING_ROLES)}",
            example="role:tester",
            field="role",
        )
    return lowered


def assignee(word: str) -> str:
    """Who is meant: a Slack id, `ME` or `NOBODY`. Raises `Refusal` for a name that is no mention."""
    if mention := _MENTION.fullmatch(word.rstrip(",.;")):
        return mention[1]
    lowered = word.lower()
    if lowered in (ME, "me"):
        return ME
    if lowered in (NOBODY, "nobody"):
        return NOBODY
    raise unknown_person(word)


def one_assignee(text: str) -> str:
    """Who gets a task that is there already: like `assignee`, and several people are refused for what they are."""
    if len(set(_MENTION.findall(text))) > 1:
        raise Refusal("A task has one assignee. Name one person.", example=ASSIGN_EXAMPLE)
    try:
        return assignee(text)
    except Refusal as refusal:
        refusal.example = ASSIGN_EXAMPLE
        raise


def unknown_person(word: str) -> Refusal:
    return Refusal(
        f"I do not know who “{_escape(word)}” is. Type @ and choose the person from Slack's list; `@me` is you.",
        example=NEW_EXAMPLE,
        field="assignee",
    )


def task_number(word: str) -> int:
    """A task's number, typed `12`, `T-12`, `t12` or `#12`. Raises `Refusal` for anything else."""
    found = _NUMBER.fullmatch(word)
    if _MENTION.fullmatch(word):
        # Repeated as it was received, a mention would be an id that nobody has typed.
        raise Refusal(
            "A task's number comes first, as `T-12` or `12`, and the person behind it.", example=ASSIGN_EXAMPLE
        )
    if not found or not 0 < int(found[1]) <= HIGHEST_NUMBER:
        raise Refusal(f"“{_escape(word)}” is not a task's number. Numbers look like `T-12` or `12`.")
    return int(found[1])


def task_numbers(text: str, usage: str) -> tuple[int, ...]:
    """The numbers of one or more tasks, each once, in order. Raises `Refusal` with `usage` where there is none."""
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if not words:
        raise Refusal("Which task? Say its number.", example=usage)
    return tuple(dict.fromkeys(task_number(word) for word in words))


def number_and_rest(text: str, usage: str) -> tuple[int, str]:
    """A task's number and what follows it. Raises `Refusal` with `usage` where either is missing."""
    first, _, rest = text.strip().partition(" ")
    if not first:
        raise Refusal("Which task? Say its number.", example=usage)
    found = task_number(first)
    if not rest.strip():
        raise Refusal(f"What about T-{found}? Something is missing behind the number.", example=usage)
    return found, rest.strip()


def nearest_key(word: str, keys: Sequence[str], confused: Mapping[str, str] = _CONFUSED) -> str | None:
    """The key that `word` was probably meant to be."""
    return confused.get(word) or _nearest(word, keys, _KEY_CUTOFF)


def _nearest(word: str, known: Sequence[str], cutoff: float) -> str | None:
    close = difflib.get_close_matches(word, known, n=1, cutoff=cutoff)
    return close[0] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a refusal that names the nearest known word, where one is near."""
    meant = _nearest(word, list(known), _WORD_CUTOFF)
    return f" Did you mean {meant}?" if meant else ""


def _escape(text: str) -> str:
    short = text if len(text) <= 60 else text[:59] + "…"
    return html.escape(short, quote=False)
