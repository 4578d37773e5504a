"""auth.*, users.*, team.*, apps.*, reactions.*: docs.slack.dev/reference/methods"""

from __future__ import annotations

from urllib.parse import urlencode

from bot.sandbox.slack.arguments import Arguments, page_of
from bot.sandbox.slack.conversation_methods import channels_of_types
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.methods import Method
from bot.sandbox.slack.model import APP_ID, BOT_ID, BOT_USER_ID, TEAM_ID, Channel, Json, Person
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.profiles import slack_channel, slack_user


def api_test(slack: Platform, args: Arguments) -> Json:
    if args.text("error"):
        raise SlackError(args.text("error"))
    return {}


def auth_test(slack: Platform, args: Arguments) -> Json:
    return {
        "url": f"{slack.base_url}/",
        "team": slack.workspace.team["name"],
        "user": slack.workspace.people[BOT_USER_ID].name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def connections_open(slack: Platform, args: Arguments) -> Json:
    address = slack.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/socket?{urlencode({'ticket': slack.socket_mode.issue_ticket(), 'app_id': APP_ID})}"}


def _shown(slack: Platform, person: Person) -> Json:
    return slack_user(person, slack.base_url, with_email=slack.manifest.may_see_email)


def users_info(slack: Platform, args: Arguments) -> Json:
    person = slack.workspace.people.get(args.required("user"))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": _shown(slack, person)}


def users_list(slack: Platform, args: Arguments) -> Json:
    page, following = page_of(list(slack.workspace.people.values()), args, default=1000)
    return {
        "members": [_shown(slack, person) for person in page],
        "cache_ts": int(slack.workspace.now()),
        "response_metadata": following,
    }


def users_conversations(slack: Platform, args: Arguments) -> Json:
    """The conversations that a person, by default the app, is in; of private ones those that the app is in too."""
    user = args.text("user") or BOT_USER_ID
    if user not in slack.workspace.people:
        raise SlackError("user_not_found")
    channels = [channel for channel in channels_of_types(slack, args) if user in channel.members]
    page, following = page_of(channels, args, default=100)
    return {"channels": [slack_channel(channel) for channel in page], "response_metadata": following}


def lookup_by_email(slack: Platform, args: Arguments) -> Json:
    wanted = args.required("email").lower()
    for person in slack.workspace.people.values():
        if person.email.lower() == wanted and not person.deleted:
            return {"user": _shown(slack, person)}
    raise SlackError("users_not_found")


def team_info(slack: Platform, args: Arguments) -> Json:
    team = slack.workspace.team
    return {"team": {"email_domain": "example.com", "icon": {"image_default": True}, "url": slack.base_url, **team}}


def _message(slack: Platform, args: Arguments) -> tuple[Channel, Json]:
    channel = slack.channel_for_bot(args.required("channel"))
    if BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    message = slack.workspace.message(channel.id, args.required("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    return channel, message


def _emoji(args: Arguments) -> str:
    name = args.required("name").strip(":")
    if not name:
        raise SlackError("invalid_name")
    return name


def reactions_add(slack: Platform, args: Arguments) -> Json:
    channel, message = _message(slack, args)
    slack.timeline.react(channel, message, BOT_USER_ID, _emoji(args))
    return {}


def reactions_remove(slack: Platform, args: Arguments) -> Json:
    channel, message = _message(slack, args)
    slack.timeline.unreact(channel, message, BOT_USER_ID, _emoji(args))
    return {}


def reactions_get(slack: Platform, args: Arguments) -> Json:
    channel, message = _message(slack, args)
    return {"type": "message", "channel": channel.id, "message": message}


METHODS = {
    "api.test": Method(api_test, token="none"),
    "auth.test": Method(auth_test),
    "apps.connections.open": Method(connections_open, token="app"),
    "users.info": Method(users_info, "users:read"),
    "users.list": Method(users_list, "users:read"),
    "users.conversations": Method(users_conversations),
    "users.lookupByEmail": Method(lookup_by_email, "users:read.email"),
    "team.info": Method(team_info, "team:read"),
    "reactions.add": Method(reactions_add, "reactions:write"),
    "reactions.remove": Method(reactions_remove, "reactions:write"),
    "reactions.get": Method(reactions_get, "reactions:read"),
}
