"""What a person reads, says, edits, deletes and reacts to."""

from __future__ import annotations

from bot.sandbox.slack.asked import Asked
from bot.sandbox.slack.errors import PersonError, SlackError
from bot.sandbox.slack.formatting import as_message
from bot.sandbox.slack.model import Channel, Json, normal_ts


async def messages(asked: Asked) -> Json:
    """A page of a conversation or thread, oldest first, with the ephemeral messages that this person still has."""
    channel = asked.channel()
    try:
        limit = max(1, min(1000, int(asked.body.get("limit", 100))))
        before = normal_ts(asked.body["before"]) if asked.body.get("before") else "9"
    except ValueError:
        raise PersonError("invalid_request", "`limit` is a number and `before` a timestamp.") from None
    log = asked.slack.workspace.logs[channel.id]
    ephemerals = asked.slack.ephemerals.of(asked.user, channel.id)
    if thread_ts := asked.optional("thread_ts"):
        parent = asked.slack.workspace.message(channel.id, thread_ts)
        found = [*([parent] if parent else []), *log.replies(thread_ts)]
        found += [message for message in ephemerals if message.get("thread_ts") == thread_ts]
    else:
        found = log.top_level() + [message for message in ephemerals if "thread_ts" not in message]
    found = sorted((message for message in found if message["ts"] < before), key=lambda message: str(message["ts"]))
    return {"messages": found[-limit:], "has_more": len(found) > limit}


async def say(asked: Asked) -> Json:
    channel = asked.own_channel()
    typed = asked.text("text").strip()
    if not typed:
        raise SlackError("no_text")
    message = asked.slack.timeline.post(
        channel,
        {"user": asked.user},
        {"text": as_message(asked.slack.workspace, typed)},
        thread_ts=asked.optional("thread_ts"),
        broadcast=asked.body.get("broadcast") is True,
    )
    asked.slack.workspace.save_read(asked.user, channel.id, message["ts"])
    return {"ts": message["ts"]}


def _own(asked: Asked, channel: Channel, refusal: str) -> Json:
    message = asked.message(channel)
    if message.get("user") != asked.user or message.get("subtype") not in (None, "thread_broadcast"):
        raise SlackError(refusal)
    return message


async def edit(asked: Asked) -> Json:
    channel = asked.own_channel()
    message = _own(asked, channel, "cant_update_message")
    typed = asked.text("text").strip()
    if not typed:
        raise SlackError("no_text")
    text = as_message(asked.slack.workspace, typed)
    asked.slack.timeline.change(channel, message, {"text": text}, edited_by=asked.user)
    return {}


async def delete(asked: Asked) -> Json:
    """One's own message; of the app's ephemeral ones everybody dismisses their own."""
    channel = asked.own_channel()
    if asked.message(channel).get("ephemeral"):
        asked.slack.ephemerals.delete(asked.user, channel.id, asked.text("ts"))
    else:
        asked.slack.timeline.delete(channel, _own(asked, channel, "cant_delete_message"))
    return {}


async def react(asked: Asked) -> Json:
    channel, name = asked.own_channel(), asked.text("name").strip(":")
    asked.slack.timeline.react(channel, _to_react_to(asked, channel), asked.user, name)
    return {}


async def unreact(asked: Asked) -> Json:
    channel, name = asked.own_channel(), asked.text("name").strip(":")
    asked.slack.timeline.unreact(channel, _to_react_to(asked, channel), asked.user, name)
    return {}


def _to_react_to(asked: Asked, channel: Channel) -> Json:
    message = asked.message(channel)
    if message.get("ephemeral"):
        raise SlackError("message_not_found")
    return message


async def read(asked: Asked) -> Json:
    channel = asked.channel()
    try:
        ts = normal_ts(asked.text("ts"))
    except ValueError:
        raise PersonError("invalid_request", "`ts` has to be a timestamp.") from None
    if ts > asked.slack.workspace.reads.get((asked.user, channel.id), ""):
        asked.slack.workspace.save_read(asked.user, channel.id, ts)
        asked.slack.live.channels_changed([asked.user])
    return {}
