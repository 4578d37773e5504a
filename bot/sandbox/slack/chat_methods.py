"""chat.*: docs.slack.dev/reference/methods"""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.slack.answers import bot_author
from bot.sandbox.slack.arguments import Arguments
from bot.sandbox.slack.block_kit import checked_blocks
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.formatting import TEXT_LIMIT
from bot.sandbox.slack.methods import Method
from bot.sandbox.slack.model import BOT_ID, BOT_USER_ID, Channel, Json
from bot.sandbox.slack.platform import Platform

# Longer texts can be posted, but not edited any more. Slack counts bytes of UTF-8.
UPDATE_TEXT_BYTES = 4_000
METADATA_BYTES = 8_000


def _content(args: Arguments) -> Json:
    """`text`, `blocks`, `attachments` and `metadata` as far as given, checked."""
    content: Json = {}
    if "text" in args:
        content["text"] = args.text("text")
    if "blocks" in args:
        content["blocks"] = _blocks(args)
    if "attachments" in args:
        content["attachments"] = _attachments(args)
    if "metadata" in args:
        content["metadata"] = _metadata(args)
    return content


def _blocks(args: Arguments) -> list[Json]:
    try:
        return checked_blocks(args.json("blocks"))
    except ValueError:
        raise SlackError("invalid_blocks_format") from None


def _attachments(args: Arguments) -> list[Json]:
    try:
        given = args.json("attachments")
    except ValueError:
        given = None
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise SlackError("invalid_attachments")
    if len(given) > 100:
        raise SlackError("too_many_attachments")
    attachments = [{"id": index + 1, **each} for index, each in enumerate(given)]
    for each in attachments:
        if "blocks" in each:
            each["blocks"] = checked_blocks(each["blocks"])
    return attachments


def _metadata(args: Arguments) -> Json:
    """docs.slack.dev/messaging/message-metadata; an empty object removes it."""
    try:
        given: Any = args.json("metadata")
    except ValueError:
        raise SlackError("invalid_metadata_format") from None
    if given == {}:
        return {}
    if (
        not isinstance(given, dict)
        or not isinstance(given.get("event_type"), str)
        or not isinstance(given.get("event_payload"), dict)
    ):
        raise SlackError("invalid_metadata_schema")
    if len(str(given)) > METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return {"event_type": given["event_type"], "event_payload": given["event_payload"]}


def _require_words(content: Json) -> None:
    if not content.get("text", "").strip() and not content.get("blocks") and not content.get("attachments"):
        raise SlackError("no_text")


def _channel_to_post_in(slack: Platform, args: Arguments) -> Channel:
    """The conversation to post in: also a person's id, which stands for the direct message with them."""
    name = args.text("channel")
    person = slack.workspace.people.get(name)
    if person is not None:
        if person.id == BOT_USER_ID or person.deleted:
            raise SlackError("channel_not_found")
        channel = slack.workspace.direct([BOT_USER_ID, person.id])
    else:
        channel = slack.channel_for_bot(name)
    if channel.is_archived:
        raise SlackError("is_archived")
    may_post_anywhere = channel.kind == "channel" and "chat:write.public" in slack.manifest.scopes
    if BOT_USER_ID not in channel.members and not may_post_anywhere:
        raise SlackError("not_in_channel")
    return channel


def _author(slack: Platform, args: Arguments) -> Json:
    """The app, or the name and picture that it gives itself for this message."""
    author = bot_author(slack.manifest)
    custom = [name for name in ("username", "icon_url", "icon_emoji") if args.text(name)]
    if not custom:
        return author
    slack.manifest.require("chat:write.customize")
    del author["user"], author["bot_profile"]
    author["subtype"] = "bot_message"
    author["username"] = args.text("username") or slack.manifest.bot_name
    if args.text("icon_url"):
        url = args.text("icon_url")
        author["icons"] = {"image_36": url, "image_48": url, "image_72": url}
    elif args.text("icon_emoji"):
        author["icons"] = {"emoji": args.text("icon_emoji")}
    return author


def post_message(slack: Platform, args: Arguments) -> Json:
    channel = _channel_to_post_in(slack, args)
    content = _content(args)
    if content.get("metadata") == {}:
        del content["metadata"]
    _require_words(content)
    author = _author(slack, args)
    slack.rates.take_post(channel.id)
    cut = len(content.get("text", "")) > TEXT_LIMIT
    message = slack.timeline.post(
        channel,
        author,
        content,
        thread_ts=args.text("thread_ts") or None,
        broadcast=args.flag("reply_broadcast"),
    )
    answer: Json = {"channel": channel.id, "ts": message["ts"], "message": message}
    if cut:
        answer["response_metadata"] = {"warnings": ["message_truncated"]}
    return answer


def _own_message(slack: Platform, args: Arguments, refusal: str) -> tuple[Channel, Json]:
    channel = slack.channel_for_bot(args.text("channel"))
    message = slack.workspace.message(channel.id, args.required("ts"))
    if message is None or message.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    if message.get("bot_id") != BOT_ID:
        raise SlackError(refusal)
    return channel, message


def update(slack: Platform, args: Arguments) -> Json:
    """A given text without blocks removes the blocks; what is not given at all is retained."""
    channel, message = _own_message(slack, args, "cant_update_message")
    if channel.is_archived:
        raise SlackError("is_archived")
    content = _content(args)
    if len(content.get("text", "").encode()) > UPDATE_TEXT_BYTES:
        raise SlackError("msg_too_long")
    only_text = "text" in content and "blocks" not in content
    if only_text:
        content["blocks"] = None
    for name in ("blocks", "attachments", "metadata"):
        if name in content and not content[name]:
            content[name] = None
    _require_words({**message, **{key: value or "" for key, value in content.items()}})
    changed = slack.timeline.change(channel, message, content, edited_by=BOT_USER_ID if only_text else None)
    return {"channel": channel.id, "ts": changed["ts"], "text": changed["text"], "message": changed}


def delete(slack: Platform, args: Arguments) -> Json:
    channel, message = _own_message(slack, args, "cant_delete_message")
    slack.timeline.delete(channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


def post_ephemeral(slack: Platform, args: Arguments) -> Json:
    channel = slack.channel_for_bot(args.text("channel"))
    if channel.is_archived:
        raise SlackError("is_archived")
    if BOT_USER_ID not in channel.members:
        raise SlackError("not_in_channel")
    if args.text("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    content = _content(args)
    content.pop("metadata", None)
    _require_words(content)
    content["text"] = content.get("text", "")[:TEXT_LIMIT]
    message = slack.ephemerals.post(args.text("user"), channel.id, content, args.text("thread_ts") or None)
    return {"message_ts": message["ts"]}


def permalink(slack: Platform, args: Arguments) -> Json:
    channel = slack.channel_for_bot(args.text("channel"))
    message = slack.workspace.message(channel.id, args.text("message_ts"))
    if message is None:
        raise SlackError("message_not_found")
    link = f"{slack.base_url}/archives/{channel.id}/p{re.sub('[^0-9]', '', message['ts'])}"
    thread_ts = message.get("thread_ts")
    if thread_ts and thread_ts != message["ts"]:
        link += f"?thread_ts={thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


METHODS = {
    "chat.postMessage": Method(post_message, "chat:write"),
    "chat.update": Method(update, "chat:write"),
    "chat.delete": Method(delete, "chat:write"),
    "chat.postEphemeral": Method(post_ephemeral, "chat:write"),
    "chat.getPermalink": Method(permalink),
}
