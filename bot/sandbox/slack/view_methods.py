"""views.*: docs.slack.dev/reference/methods"""

from __future__ import annotations

from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.block_kit import checked_view
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.methods import Method
from bot.sandbox.slack.model import BOT_USER_ID, Json
from bot.sandbox.slack.platform import Platform


def _definition(args: Arguments, kind: str) -> Json:
    try:
        view = args.json("view")
    except ValueError:
        raise SlackError("invalid_arguments", messages=["failed to parse view as JSON"]) from None
    return checked_view(view, kind=kind)


def open_view(slack: Platform, args: Arguments) -> Json:
    # A view that is refused does not use up the trigger: the app may send a better one in time.
    definition = _definition(args, "modal")
    trigger = slack.triggers.exchange(args.required("trigger_id"))
    return {"view": slack.views.open(trigger.user, definition).as_json()}


def push_view(slack: Platform, args: Arguments) -> Json:
    definition = _definition(args, "modal")
    trigger = slack.triggers.exchange(args.required("trigger_id"))
    return {"view": slack.views.push(trigger.user, definition).as_json()}


def update_view(slack: Platform, args: Arguments) -> Json:
    view = slack.views.find_to_update(args.text("view_id"), args.text("external_id"))
    definition = _definition(args, view.body["type"])
    return {"view": slack.views.update(view, definition, given_hash=args.text("hash")).as_json()}


def publish_view(slack: Platform, args: Arguments) -> Json:
    user = args.required("user_id")
    if user not in slack.workspace.people or user == BOT_USER_ID:
        raise SlackError("user_not_found")
    definition = _definition(args, "home")
    return {"view": slack.views.publish(user, definition, given_hash=args.text("hash")).as_json()}


METHODS = {
    "views.open": Method(open_view),
    "views.push": Method(push_view),
    "views.update": Method(update_view),
    "views.publish": Method(publish_view),
}
