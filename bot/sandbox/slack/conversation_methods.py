"""conversations.*: docs.slack.dev/reference/methods"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode

from bot.sandbox.slack.arguments import Arguments, page_of
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.methods import Method
from bot.sandbox.slack.model import BOT_USER_ID, Channel, Json, normal_ts
from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.profiles import slack_channel

# The scope families of the kinds of conversation, and the names that `types` uses for the kinds.
FAMILIES = {"channel": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
TYPES = {"public_channel": "channel", "private_channel": "private", "im": "im", "mpim": "mpim"}


def _channel(slack: Platform, args: Arguments, right: str = "read") -> Channel:
    """The conversation of the argument `channel`, for which the app has the scope to `right`."""
    channel = slack.channel_for_bot(args.required("channel"))
    slack.manifest.require(f"{FAMILIES[channel.kind]}:{right}")
    return channel


def channels_of_types(slack: Platform, args: Arguments) -> list[Channel]:
    """The conversations that `types` and `exclude_archived` leave, and that the app may know of."""
    kinds = []
    for name in args.names("types", "public_channel"):
        if name not in TYPES:
            raise SlackError("invalid_types")
        slack.manifest.require(f"{FAMILIES[TYPES[name]]}:read")
        kinds.append(TYPES[name])
    without_archived = args.flag("exclude_archived")
    return [
        channel
        for channel in slack.workspace.channels.values()
        if channel.kind in kinds
        and (channel.kind == "channel" or BOT_USER_ID in channel.members)
        and not (without_archived and channel.is_archived)
    ]


def list_channels(slack: Platform, args: Arguments) -> Json:
    page, following = page_of(channels_of_types(slack, args), args, default=100)
    return {"channels": [slack_channel(channel) for channel in page], "response_metadata": following}


def info(slack: Platform, args: Arguments) -> Json:
    channel = _channel(slack, args)
    shown = slack_channel(channel)
    if not args.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


def members(slack: Platform, args: Arguments) -> Json:
    channel = _channel(slack, args)
    page, following = page_of(channel.members, args, default=100)
    return {"members": page, "response_metadata": following}


def join(slack: Platform, args: Arguments) -> Json:
    channel = slack.channel_for_bot(args.required("channel"))
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    was_member = BOT_USER_ID in channel.members
    channel = slack.membership.join(channel, BOT_USER_ID)
    answer: Json = {"channel": slack_channel(channel)}
    if was_member:
        answer |= {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return answer


def open_direct(slack: Platform, args: Arguments) -> Json:
    """conversations.open: with `users`, or with the `channel` of a direct message that exists."""
    if "channel" in args and not args.text("users"):
        channel = slack.channel_for_bot(args.text("channel"))
        if not channel.is_direct:
            raise SlackError("channel_not_found")
        return _opened(channel, args, already_open=True)
    users = args.names("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    if len(users) > 8:
        raise SlackError("too_many_users")
    slack.manifest.require("im:write" if len(users) == 1 else "mpim:write")
    for user in users:
        person = slack.workspace.people.get(user)
        if person is None or user == BOT_USER_ID:
            raise SlackError("user_not_found")
        if person.deleted:
            raise SlackError("user_disabled")
    known = len(slack.workspace.channels)
    channel = slack.workspace.direct([BOT_USER_ID, *users])
    is_new = len(slack.workspace.channels) > known
    if is_new:
        slack.live.channels_changed(users)
    return _opened(channel, args, already_open=not is_new)


def _opened(channel: Channel, args: Arguments, *, already_open: bool) -> Json:
    shown = slack_channel(channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": shown, "no_op": True, "already_open": True} if already_open else {"channel": shown}


def invite(slack: Platform, args: Arguments) -> Json:
    channel = slack.channel_for_bot(args.required("channel"))
    if channel.is_direct:
        raise SlackError("method_not_supported_for_channel_type")
    right = "channels" if channel.kind == "channel" else "groups"
    if f"{right}:write.invites" not in slack.manifest.scopes:
        slack.manifest.require("channels:manage" if right == "channels" else "groups:write")
    if BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    users = args.names("users")
    if not users:
        raise SlackError("no_user")
    for user in users:
        if user not in slack.workspace.people:
            raise SlackError("user_not_found")
        if user == BOT_USER_ID:
            raise SlackError("cant_invite_self")
        if user in channel.members:
            raise SlackError("already_in_channel")
    for user in users:
        channel = slack.membership.join(channel, user, inviter=BOT_USER_ID)
    return {"channel": slack_channel(channel)}


def _time(args: Arguments, name: str, default: str, error: str) -> str:
    given = args.text(name)
    if not given or given == "now":
        return default
    try:
        return normal_ts(given)
    except ValueError:
        raise SlackError(error) from None


def _readable(slack: Platform, args: Arguments) -> Channel:
    channel = _channel(slack, args, "history")
    if BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _shown(message: Json, args: Arguments) -> Json:
    if args.flag("include_all_metadata"):
        return message
    return {key: value for key, value in message.items() if key != "metadata"}


def _page(args: Arguments, messages: list[Json], default: int, *, newest_first: bool) -> Json:
    """One page of `messages`. The cursor names the message that follows: what is posted meanwhile shifts nothing."""
    limit = args.number("limit", default, high=999)
    start = 0
    if cursor := args.text("cursor"):
        try:
            following = normal_ts(urlsafe_b64decode(cursor.encode()).decode().removeprefix("next_ts:"))
        except ValueError:
            raise SlackError("invalid_cursor") from None
        passed = [m["ts"] > following if newest_first else m["ts"] < following for m in messages]
        start = sum(passed)
    page = messages[start : start + limit]
    answer: Json = {"messages": [_shown(message, args) for message in page], "has_more": False}
    if start + limit < len(messages):
        following = f"next_ts:{messages[start + limit]['ts']}"
        answer["has_more"] = True
        answer["response_metadata"] = {"next_cursor": urlsafe_b64encode(following.encode()).decode()}
    return answer


def history(slack: Platform, args: Arguments) -> Json:
    """Newest first, top level only."""
    channel = _readable(slack, args)
    found = slack.workspace.logs[channel.id].top_level(
        after=_time(args, "oldest", "", "invalid_ts_oldest"),
        before=_time(args, "latest", "9", "invalid_ts_latest"),
        inclusive=args.flag("inclusive"),
    )
    return {**_page(args, found[::-1], 100, newest_first=True), "pin_count": 0}


def replies(slack: Platform, args: Arguments) -> Json:
    """A thread, oldest first, headed by the message it hangs on."""
    channel = _readable(slack, args)
    message = slack.workspace.message(channel.id, args.required("ts"))
    if message is None:
        raise SlackError("thread_not_found")
    parent = slack.workspace.message(channel.id, message.get("thread_ts") or message["ts"]) or message
    after = _time(args, "oldest", "", "invalid_ts_oldest")
    before = _time(args, "latest", "9", "invalid_ts_latest")
    inclusive = args.flag("inclusive")
    found = [
        reply
        for reply in slack.workspace.logs[channel.id].replies(parent["ts"])
        if after < reply["ts"] < before or (inclusive and reply["ts"] in (after, before))
    ]
    return _page(args, [parent, *found], 1000, newest_first=False)


METHODS = {
    "conversations.list": Method(list_channels),
    "conversations.info": Method(info),
    "conversations.members": Method(members),
    "conversations.join": Method(join, "channels:join"),
    "conversations.open": Method(open_direct),
    "conversations.invite": Method(invite),
    "conversations.history": Method(history),
    "conversations.replies": Method(replies),
}
