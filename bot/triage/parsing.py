"""What people type after `/triage`, as values; pure.

Every function returns its value or raises `Refusal` with a sentence for the person.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.errors import Refusal
from bot.triage.model import CATEGORIES, OPEN, PRIORITIES, STATUSES

LONGEST_TITLE = 200
LONGEST_CATEGORY = 50
LONGEST_TEXT = 3000
"""What a section block holds, escapes included (docs.slack.dev/reference/block-kit/blocks/section-block)."""
LONGEST_SEARCH = 150
"""What is looked for travels in the paging buttons, whose values hold 2,000 characters of JSON."""
HIGHEST_NUMBER = 2**31 - 1

NEW_EXAMPLE = "/triage new Export button dead category:bug !high -- Press it and nothing happens"
LIST_EXAMPLE = "/triage list is:pending category:bug"

_NUMBER = re.compile(r"(?:r-?|#)?(\d{1,12})", re.IGNORECASE)
_TOKEN = re.compile(
    r'(?P<minus>-)?(?:(?P<key>[a-z_]+):(?:"(?P<quoted>[^"]*)"|(?P<bare>\S+))|"(?P<phrase>[^"]*)")|(?P<word>\S+)',
    re.IGNORECASE,
)
_BANG = re.compile(r"!([a-z]+)", re.IGNORECASE)
_EMPTY = re.compile(r"(category|priority):", re.IGNORECASE)
_DESCRIPTION = re.compile(r"\n|(?:^|\s)--(?:\s|$)")


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report about to be filed: the title has 1 to 200 characters, the description may be empty."""

    title: str
    description: str
    category: str
    priority: str


@dataclass(frozen=True, slots=True)
class Term:
    """One thing a list asks for. `key` is `is`, `category`, `priority` or `word`; `wanted` is False after a `-`."""

    key: str
    value: str
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Search:
    """What a list shows; open reports unless a term says otherwise. `typed` is the line it was read from."""

    terms: tuple[Term, ...] = ()
    typed: str = ""


def new_report(title: str, description: str, category: str | None, priority: str | None) -> NewReport:
    """A report from its parts, as a form or a line gives them; nothing given means `issue` and `medium`.

    The refusals name the form's field that is at fault: `title`, `description`, `category` or `priority`.
    """
    title = " ".join(title.split())
    if not title:
        raise Refusal("A report needs a title: a few words on what is wrong.", example=NEW_EXAMPLE, field="title")
    if len(title) > LONGEST_TITLE:
        raise Refusal(
            f"The title has {len(title)} characters, and {LONGEST_TITLE} are the most."
            " Put the details after ` -- ` or on a new line.",
            example=NEW_EXAMPLE,
            field="title",
        )
    return NewReport(title, words(description, "description"), _category(category), priority_of(priority or "medium"))


def words(text: str, field: str) -> str:
    """Somebody's text without the space around it, refused where it would not fit into a message."""
    text = text.strip()
    # As Slack counts: `&`, `<` and `>` are longer there.
    if (length := len(html.escape(text, quote=False))) > LONGEST_TEXT:
        raise Refusal(f"That text has {length:,} characters, and {LONGEST_TEXT:,} are the most.", field=field)
    return text


def closing_words(text: str, verb: str) -> str:
    """The text that goes with `resolve` or `reject`, which is never empty."""
    text = words(text, "text")
    if not text:
        asked = "what was done" if verb == "resolve" else "the reason"
        example = "fixed in version 2.1" if verb == "resolve" else "works as designed"
        raise Refusal(
            f"The reporter wants to know {asked}: add it as a text.",
            example=f"/triage {verb} 5 {example}",
            field="text",
        )
    return text


def priority_of(word: str) -> str:
    """One of `low`, `medium`, `high`, `critical`; `urgent` means the same as `critical`."""
    priority = "critical" if word.lower() == "urgent" else word.lower()
    if priority not in PRIORITIES:
        raise Refusal(
            f"I do not know the priority `{_shown(word)}`. There are low, medium, high and critical.",
            example=NEW_EXAMPLE,
            field="priority",
        )
    return priority


def _category(word: str | None) -> str:
    category = " ".join((word or "issue").lower().split())
    if not category or len(category) > LONGEST_CATEGORY:
        raise Refusal(
            f"A category is a word or two of up to {LONGEST_CATEGORY} characters, for instance"
            f" {', '.join(CATEGORIES[:-1])} or {CATEGORIES[-1]}.",
            example=NEW_EXAMPLE,
            field="category",
        )
    return category


def report_line(text: str) -> NewReport:
    """`Export button dead category:bug !high -- steps…`: qualifiers anywhere before the description.

    The description begins at the first line break or ` -- `. What stands in quotes is left in the title as it is.
    """
    head, *rest = _DESCRIPTION.split(text.strip(), maxsplit=1)
    title: list[str] = []
    given: dict[str, str] = {}
    for token in _TOKEN.finditer(head):
        bang = _BANG.fullmatch(token["word"] or "")
        empty = _EMPTY.fullmatch(token["word"] or "")
        key = "priority" if bang else (empty[1] if empty else token["key"] or "").lower()
        if key not in ("category", "priority") or token["minus"]:
            title.append(token[0])
            continue
        value = bang[1] if bang else (token["bare"] or token["quoted"])
        if not value:
            raise Refusal(f"There is nothing after `{key}:`.", example=NEW_EXAMPLE, field=key)
        if key in given:
            raise Refusal(f"The {key} is given twice; please choose one.", example=NEW_EXAMPLE, field=key)
        given[key] = value
    return new_report(" ".join(title), rest[0] if rest else "", given.get("category"), given.get("priority"))


def number_and_rest(text: str, verb: str) -> tuple[int, str]:
    """A report's number (`5`, `#5` or `R-5`) at the beginning of a line, and what follows it."""
    first, *rest = text.split(maxsplit=1) or [""]
    found = _NUMBER.fullmatch(first.rstrip(":"))
    example = {"resolve": " Fixed in version 2.1", "reject": " Works as designed"}.get(verb, "")
    if not found:
        wrong = f"`{_shown(first)}` is no report's number." if first else "Which report?"
        raise Refusal(f"{wrong} Give the number from its card, as 5 or R-5.", example=f"/triage {verb} 5{example}")
    number = int(found[1])
    if not 0 < number <= HIGHEST_NUMBER:
        raise Refusal(f"There is no report R-{number}.", example="/triage list")
    return number, rest[0].strip() if rest else ""


def search(text: str) -> Search:
    """`words is:pending category:bug -priority:low`, in GitHub's way; `-` in front leaves something out."""
    text = " ".join(text.split())
    if len(text) > LONGEST_SEARCH:
        raise Refusal(f"That is too much to look for: {LONGEST_SEARCH} characters are the most.", example=LIST_EXAMPLE)
    return Search(tuple(_terms(text)), text)


def _terms(text: str) -> Iterator[Term]:
    for token in _TOKEN.finditer(text):
        wanted = not token["minus"]
        if token["phrase"] is not None:
            if token["phrase"].strip():
                yield Term("word", token["phrase"].strip(), wanted)
            continue
        if token["key"] is None or (token["bare"] or "").startswith("//"):
            # The second is a web address.
            word = token[0]
            wanted = not (word.startswith("-") and len(word) > 1)
            yield Term("word", word if wanted else word[1:], wanted)
            continue
        key, value = token["key"].lower(), (token["quoted"] if token["bare"] is None else token["bare"])
        if key == "is":
            yield Term(key, _state(value), wanted)
        elif key == "priority":
            yield Term(key, priority_of(value), wanted)
        elif key == "category":
            yield Term(key, _category(value), wanted)
        else:
            raise Refusal(
                f"I do not know `{_shown(key)}:` here. Reports are found by `is:`, `category:`, `priority:` and words;"
                " put a word with a colon in quotes.",
                example=LIST_EXAMPLE,
            )


def _state(word: str) -> str:
    known = (*STATUSES, "open", "mine", "unassigned")
    state = word.lower().replace("-", "_")
    if state not in known:
        raise Refusal(
            f"I do not know `is:{_shown(word)}`. There are {', '.join(known[:-1])} and {known[-1]}.",
            example=LIST_EXAMPLE,
        )
    return state


def statuses(found: Search) -> tuple[str, ...]:
    """The states a search lets through: those it names, all open ones where it names none."""
    named = [
        state
        for term in found.terms
        if term.key == "is" and term.wanted
        for state in (OPEN if term.value == "open" else (term.value,))
        if state in STATUSES
    ]
    left_out = [
        state
        for term in found.terms
        if term.key == "is" and not term.wanted
        for state in (OPEN if term.value == "open" else (term.value,))
    ]
    starting = named or (STATUSES if set(left_out) & set(STATUSES) else OPEN)
    return tuple(state for state in STATUSES if state in starting and state not in left_out)


def _shown(word: str) -> str:
    """A word as it is repeated to the person: short, escaped, and without what would end a code span."""
    return html.escape(word[:40].replace("`", "'"), quote=False)
