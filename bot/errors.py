"""What can go wrong in an expected way, and how it is said.

Two readers exist. A person in Slack gets a `Refusal`: one sentence that says what was wrong, what is allowed, and an
example to copy. An operator gets a `Failure`: one sentence on the terminal or in the log, and an exit code. Anything
else is a defect; it is logged with a reference number and the person is given that number.
"""

from __future__ import annotations


class Failure(Exception):
    """An expected failure for the operator; `str()` is one sentence that says what to do."""


class Refusal(Exception):
    """A request that cannot be done as asked; shown to the person who asked, and to nobody else.

    `message` is mrkdwn, already escaped where it quotes the person. `example` is a line to copy. `given_back` is what
    the person typed, so that nothing has to be typed twice. `field` names the input of a form that is at fault.
    """

    def __init__(
        self,
        message: str,
        *,
        example: str | None = None,
        given_back: str | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.example = example
        self.given_back = given_back
        self.field = field


class Stranger(Exception):
    """Slack ids of no active person, or a channel nobody wrote down; the edge introduces them and tries again."""

    def __init__(self, slack_ids: frozenset[str], channel: str | None = None) -> None:
        super().__init__(f"not known yet: {', '.join([*sorted(slack_ids), channel or ''])}")
        self.slack_ids = slack_ids
        self.channel = channel


class SlackUnavailable(Exception):
    """Slack did not answer, or answered with an error of its own: whether the request took effect is unknown."""


class SlackRefused(Exception):
    """Slack answered `ok: false`; `code` is Slack's error code, for example `channel_not_found`."""

    def __init__(self, method: str, code: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(f"{method}: {code}" + (f" ({'; '.join(details)})" if details else ""))
        self.method = method
        self.code = code
        self.details = details


class SlackRateLimited(Exception):
    """Slack answered 429; nothing was done. `retry_after` is in seconds."""

    def __init__(self, method: str, retry_after: float) -> None:
        super().__init__(f"{method}: try again in {retry_after:g} s")
        self.method = method
        self.retry_after = retry_after
