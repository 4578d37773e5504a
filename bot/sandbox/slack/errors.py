"""How the local Slack refuses: with Slack's own error codes, and with the sentences that Slack shows to people."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.slack.model import Json


class SlackError(Exception):
    """A Web API call is refused: `{"ok": false, "error": code}`.

    `messages` become `response_metadata.messages`, where Slack explains what is wrong with the arguments; `more` is
    added to the answer as it is.
    """

    def __init__(self, code: str, *, messages: Sequence[str] = (), more: Json | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.messages = tuple(messages)
        self.more = more or {}

    def body(self) -> Json:
        answer: Json = {"ok": False, "error": self.code, **self.more}
        if self.messages:
            answer["errors"] = list(self.messages)
            answer["response_metadata"] = {"messages": [f"[ERROR] {message}" for message in self.messages]}
        return answer


class RateLimited(SlackError):
    """429. `retry_after` is in whole seconds, as Slack gives it."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class PersonError(Exception):
    """What a person did cannot be done; `message` is the sentence that Slack would show."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


# What Slack shows in a modal when the app did not answer its submission, or answered nonsense.
MODAL_TROUBLE = "We had some trouble connecting. Try again?"
# What Slack shows beside a button, menu or shortcut that the app did not acknowledge.
ACTION_TROUBLE = "This app is not responding. Give it a moment, then try again."

# Sentences for refusals that a person can meet, by Slack's code.
SENTENCES = {
    "channel_not_found": "There is no such conversation, or you may not see it.",
    "not_in_channel": "You have to join this channel first.",
    "is_archived": "This channel is archived.",
    "message_not_found": "There is no such message here.",
    "thread_not_found": "There is no such thread here.",
    "user_not_found": "There is no such person in this workspace.",
    "no_text": "A message needs some text.",
    "already_reacted": "You have reacted with this emoji already.",
    "no_reaction": "You have not reacted with this emoji.",
    "invalid_name": "This name cannot be used.",
    "name_taken": "There is a channel of this name already.",
    "cant_update_message": "Only your own messages can be edited.",
    "cant_delete_message": "Only your own messages can be deleted.",
    "already_in_channel": "This person is in the channel already.",
    "restricted_action": "You may not do this.",
}


def as_person_error(error: SlackError) -> PersonError:
    return PersonError(error.code, SENTENCES.get(error.code, f"Slack refused this: {error.code}."))


def command_failed(command: str, code: str) -> PersonError:
    """What Slackbot answers when a slash command got no answer: for example `operation_timeout`."""
    return PersonError(code, f'{command} failed with the error "{code}"')
