"""Block Kit's rules and limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models import blocks as sdk
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack.block_kit import checked_blocks, checked_view, elements_of
from bot.sandbox.slack.block_shapes import BLOCKS
from bot.sandbox.slack.errors import SlackError
from bot.sandbox.slack.rendering import render_text
from tests.sandbox.slack.test_web_api import refused


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "Words", **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": plain("Go"), **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def option(text: str = "One", value: str = "1") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "s", "options": [option()], **more}


def words(count: int, length: int = 1) -> list[dict[str, Any]]:
    return [mrkdwn("x" * length)] * count


def options(count: int, text: str = "One") -> list[dict[str, Any]]:
    return [option(text, str(number)) for number in range(count)]


def buttons(count: int) -> dict[str, Any]:
    return actions(*[button(action_id=str(number)) for number in range(count)])


def confirming(**changes: Any) -> dict[str, Any]:
    asks = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
    return actions(button(confirm=asks | changes))


def asking(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "input", "label": plain("Label"), "element": element}


def table(columns: int) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns]}


URL = "https://example.com/a.png"
IMAGE = {"type": "image", "image_url": URL}
TYPED = {"type": "plain_text_input", "action_id": "a"}
GROUPS = [{"label": plain("Group"), "options": [option()]}]

# Each rule from both sides: blocks that are just allowed, blocks that are just not, and where Slack would point.
RULES: list[tuple[Any, Any, str]] = [
    ([{"type": "divider"}] * 50, [{"type": "divider"}] * 51, "/blocks"),
    (section("x" * 3000), section("x" * 3001), "/blocks/0/text/text"),
    (section(), section(""), "/blocks/0/text/text"),
    (section(), {"type": "section", "text": "Words"}, "/blocks/0/text"),
    (section(), {"type": "section"}, "/blocks/0"),
    (section(), {"text": mrkdwn("x")}, "/blocks/0"),
    (section(), section(colour="red"), "/blocks/0"),
    (section(), {"type": "carousel"}, "/blocks/0/type"),
    (section(fields=words(10)), section(fields=words(11)), "/blocks/0/fields"),
    (section(fields=words(1, 2000)), section(fields=words(1, 2001)), "/blocks/0/fields/0/text"),
    (section(block_id="x" * 255), section(block_id="x" * 256), "/blocks/0/block_id"),
    ([section(block_id="a"), section()], [section(block_id="a")] * 2, "/blocks/1/block_id"),
    (section(accessory=button()), section(accessory=TYPED), "/blocks/0/accessory/type"),
    ({"type": "header", "text": plain("x" * 150)}, {"type": "header", "text": plain("x" * 151)}, "/blocks/0/text/text"),
    ({"type": "header", "text": plain("x")}, {"type": "header", "text": mrkdwn("x")}, "/blocks/0/text/type"),
    ({"type": "context", "elements": words(10)}, {"type": "context", "elements": words(11)}, "/blocks/0/elements"),
    (buttons(25), buttons(26), "/blocks/0/elements"),
    (actions(button(text=plain("x" * 75))), actions(button(text=plain("x" * 76))), "/blocks/0/elements/0/text/text"),
    (actions(button(value="x" * 2000)), actions(button(value="x" * 2001)), "/blocks/0/elements/0/value"),
    (actions(button(url="https://example.com")), actions(button(url="example")), "/blocks/0/elements/0/url"),
    (actions(button(style="primary")), actions(button(style="green")), "/blocks/0/elements/0/style"),
    (actions(button(action_id="x" * 255)), actions(button(action_id="x" * 256)), "/blocks/0/elements/0/action_id"),
    (actions(button(), button(action_id="b")), actions(button(), button()), "/blocks/0/elements/1/action_id"),
    (confirming(), confirming(title=plain("x" * 101)), "/blocks/0/elements/0/confirm/title/text"),
    (confirming(), confirming(deny=plain("x" * 31)), "/blocks/0/elements/0/confirm/deny/text"),
    (actions(select(options=options(100))), actions(select(options=options(101))), "/blocks/0/elements/0/options"),
    (actions(select()), actions(select(options=options(1, "x" * 76))), "/blocks/0/elements/0/options/0/text/text"),
    (actions(select()), actions(select(options=[option("x", "y" * 76)])), "/blocks/0/elements/0/options/0/value"),
    (actions(select()), actions(select(option_groups=GROUPS)), "/blocks/0/elements/0"),
    (actions(select()), actions(select(placeholder=plain("x" * 151))), "/blocks/0/elements/0/placeholder/text"),
    *[
        (
            actions({"type": kind, "options": options(most)}),
            actions({"type": kind, "options": options(most + 1)}),
            where,
        )
        for kind, most in (("checkboxes", 10), ("radio_buttons", 10), ("overflow", 5))
        for where in ("/blocks/0/elements/0/options",)
    ],
    (IMAGE | {"alt_text": "A picture"}, IMAGE, "/blocks/0"),
    (asking(TYPED), asking(button()), "/blocks/0/element/type"),
    (table(20), table(21), "/blocks/0/rows/0"),
    (table(1), [table(1), table(1)], "/blocks"),
]


def as_list(blocks: Any) -> list[dict[str, Any]]:
    return blocks if isinstance(blocks, list) else [blocks]


@pytest.mark.parametrize(("allowed", "not_allowed", "pointer"), RULES)
def test_each_rule_holds_from_both_sides_and_points_at_the_place(allowed: Any, not_allowed: Any, pointer: str) -> None:
    assert len(checked_blocks(as_list(allowed))) == len(as_list(allowed))
    with pytest.raises(SlackError) as error:
        checked_blocks(as_list(not_allowed))
    assert error.value.code == "invalid_blocks"
    assert any(message.endswith(f"[json-pointer:{pointer}]") for message in error.value.messages), error.value.messages


def test_all_texts_together_have_a_limit() -> None:
    assert checked_blocks([section("x" * 3000)] * 4)
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        checked_blocks([section("x" * 3000)] * 5)


async def test_invalid_blocks_are_answered_as_slack_answers_them(web: AsyncWebClient) -> None:
    answer = await refused(web.chat_postMessage(channel="C0GENERAL", text="x", blocks=[section("x" * 3001)]))
    assert answer["error"] == "invalid_blocks"
    expected = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    assert answer["errors"] == [expected]
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {expected}"]


def test_missing_ids_are_filled_in_and_texts_completed() -> None:
    (block,) = checked_blocks([actions({"type": "button", "text": plain("Go")})])
    assert block["block_id"]
    (element,) = elements_of(block)
    assert element["action_id"]
    assert element["text"] == {"type": "plain_text", "text": "Go", "emoji": True}


def test_what_slacks_own_sdk_builds_is_taken() -> None:
    built: list[sdk.Block] = [
        sdk.HeaderBlock(text="Header"),
        sdk.SectionBlock(text="*Words*", fields=["a", "b"], accessory=sdk.DatePickerElement(action_id="d")),
        sdk.ActionsBlock(
            elements=[
                sdk.ButtonElement(text="Go", action_id="go", value="1", style="primary"),
                sdk.StaticSelectElement(action_id="s", options=[sdk.Option(text="One", value="1")]),
                sdk.ExternalDataSelectElement(action_id="e", min_query_length=0),
                sdk.UserSelectElement(action_id="u", placeholder="Who"),
                sdk.ConversationSelectElement(action_id="c", filter=sdk.ConversationFilter(include=["im"])),
                sdk.OverflowMenuElement(action_id="o", options=[sdk.Option(text="A", value="a")] * 2),
                sdk.CheckboxesElement(action_id="k", options=[sdk.Option(text="A", value="a")]),
                sdk.RadioButtonsElement(action_id="r", options=[sdk.Option(text="A", value="a")]),
                sdk.TimePickerElement(action_id="t", initial_time="09:30"),
                sdk.DateTimePickerElement(action_id="dt", initial_date_time=1_800_000_000),
            ]
        ),
        sdk.ContextBlock(elements=[sdk.MarkdownTextObject(text="s"), sdk.ImageElement(image_url=URL, alt_text="a")]),
        sdk.DividerBlock(),
        sdk.ImageBlock(image_url=URL, alt_text="A chart", title="Chart"),
        sdk.InputBlock(label="Name", element=sdk.PlainTextInputElement(action_id="p", multiline=True), optional=True),
        sdk.RichTextBlock(elements=[sdk.RichTextSectionElement(elements=[sdk.RichTextElementParts.Text(text="rich")])]),
    ]  # fmt: skip
    given_blocks = [block.to_dict() for block in built]
    assert [block["type"] for block in checked_blocks(given_blocks)] == [block.type for block in built]


NAMES = [
    "type",
    "text",
    "elements",
    "element",
    "accessory",
    "options",
    "rows",
    "label",
    "fields",
    "action_id",
    "block_id",
]
anything = st.recursive(
    st.none() | st.booleans() | st.integers(0, 5) | st.sampled_from(["", "x", "plain_text", "button", "input"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)
blocks_of_any_kind = st.lists(
    st.builds(
        lambda kind, more: {**more, "type": kind},
        st.sampled_from(sorted(BLOCKS)),
        st.dictionaries(st.sampled_from(NAMES), anything),
    ),
    max_size=3,
)


def refusal(check: Callable[[], Any]) -> str | None:
    """The code with which something is refused, or None. Any other exception is a defect."""
    try:
        check()
    except SlackError as error:
        return error.code
    return None


@given(blocks_of_any_kind | anything)
def test_nonsense_is_refused_or_taken_but_never_breaks_the_check_or_the_rendering(blocks: Any) -> None:
    code = refusal(lambda: render_text({"blocks": checked_blocks(blocks)}))
    assert code in (None, "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long")
    view = {"type": "modal", "title": plain("T"), "submit": plain("S"), "blocks": blocks}
    assert refusal(lambda: checked_view(view, kind="modal")) in (None, "invalid_arguments")
