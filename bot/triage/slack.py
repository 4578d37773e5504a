"""`/triage` in Slack: commands, buttons, forms and the message shortcut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.context import Context
from bot.db import Transaction
from bot.errors import SlackRateLimited, SlackRefused, SlackUnavailable
from bot.history import queries as history
from bot.slack import forms
from bot.slack.blocks import Block
from bot.slack.command_line import SlashCommand, Subcommand, decode
from bot.slack.request import Answer, CloseForms, Handler, Reply, Request, Shortcut, Surface, named_id
from bot.triage import cards, operations, parsing, queries
from bot.triage.cards import Act, Form
from bot.triage.operations import Source

REPORT_TITLE = "Report something"
PAST_SHOWN = 10

_CLOSES = {"resolve": operations.resolve, "reject": operations.reject}


def _where(request: Request) -> dict[str, Any]:
    """What a form carries so that the receipt can be shown where it was opened."""
    return {"channel": request.channel_id, "response_url": request.response_url}


async def open_report_form(context: Context, request: Request) -> Answer:
    """`/triage` and `/triage new` alone: the form."""
    view_id = await forms.open_loading(context.slack, request, REPORT_TITLE)
    await forms.show(context.slack, view_id, cards.report_form(_where(request)))
    return None


async def new(context: Context, request: Request) -> Answer:
    """`/triage new Export button dead category:bug !high -- steps…`"""
    if not request.text:
        return await open_report_form(context, request)
    line = parsing.report_line(request.text)
    async with context.as_person(request) as tx:
        filed = await operations.report(tx, line)
    return _reply(cards.what_was_read(filed))


async def report_message(context: Context, request: Request) -> Answer:
    """The shortcut on a message: the form, filled with what the message says."""
    view_id = await forms.open_loading(context.slack, request, REPORT_TITLE)
    await forms.fill(context.slack, view_id, REPORT_TITLE, lambda: _form_of_message(context, request))
    return None


async def _form_of_message(context: Context, request: Request) -> Block:
    message = request.payload["message"]
    channel, ts = str(request.channel_id), str(message["ts"])
    try:
        permalink = (await context.slack.call("chat.getPermalink", channel=channel, message_ts=ts))["permalink"]
    except (SlackRefused, SlackUnavailable, SlackRateLimited):
        # Most often the bot is not in that conversation. A report without a link is still a report.
        permalink = None
    async with context.as_person(request) as tx:
        author = await _author(tx, message)
    text = decode(message.get("text") or "").strip()
    said = f"{author} wrote:\n{text}" if text else ""
    if len(said) > parsing.LONGEST_TEXT:
        said = f"{said[: parsing.LONGEST_TEXT - 1]}…"
    return cards.report_form(
        {**_where(request), "source": {"channel": channel, "ts": ts, "permalink": permalink}},
        title=text.partition("\n")[0][: parsing.LONGEST_TITLE],
        description=said,
        permalink=permalink,
    )


async def _author(tx: Transaction, message: Mapping[str, Any]) -> str:
    """Who wrote a message, by the name the bot knows them under, else by the one Slack shows."""
    shown = message.get("username") or (message.get("bot_profile") or {}).get("name")
    return await queries.name_of(tx, str(message.get("user", ""))) or str(shown or "Somebody")


async def submit_report(context: Context, request: Request) -> Answer:
    """The filled form."""
    fields, metadata = request.fields, request.metadata
    filled = parsing.new_report(
        fields.get("title") or "", fields.get("description") or "", fields.get("category"), fields.get("priority")
    )
    source = Source(**metadata["source"]) if metadata.get("source") else None
    async with context.as_user(request.user_id, channel=metadata.get("channel")) as tx:
        filed = await operations.report(tx, filled, source)
    return CloseForms(_reply(cards.what_was_read(filed)))


async def list_reports(context: Context, request: Request) -> Answer:
    """`/triage list [is:…] [category:…] [priority:…] [words]`"""
    return await _list(context, request, request.text, 1)


async def turn_page(context: Context, request: Request) -> Answer:
    """Previous and Next under a list."""
    typed, page = str(request.value.get("q", "")), int(request.value.get("page", 1))
    return await _list(context, request, typed, page, replace=True)


async def _list(context: Context, request: Request, typed: str, page: int, *, replace: bool = False) -> Answer:
    wanted = parsing.search(typed)
    async with context.as_person(request) as tx:
        found = await queries.page(tx, wanted, page)
    return _reply(cards.listing(found, wanted.typed), replace=replace)


async def show(context: Context, request: Request) -> Answer:
    """`/triage show 5`"""
    number, _ = parsing.number_and_rest(request.text, "show")
    return await _show(context, request, number)


async def press_show(context: Context, request: Request) -> Answer:
    """Show, in a list."""
    return await _show(context, request, named_id(request, "triage"))


async def _show(context: Context, request: Request, number: int) -> Answer:
    async with context.as_person(request) as tx:
        found = await queries.get(tx, number)
        past = [] if found.is_outline else await history.of_subject(tx, found.subject, PAST_SHOWN)
        may_work = operations.may_work_on(tx.actor)
    return _reply(cards.whole(found, past, may_work=may_work))


async def take(context: Context, request: Request) -> Answer:
    """`/triage take 5`"""
    number, _ = parsing.number_and_rest(request.text, "take")
    async with context.as_person(request) as tx:
        taken = await operations.take(tx, number)
    return _reply(cards.told(taken))


async def press_take(context: Context, request: Request) -> Answer:
    """Take, on a card: the card itself shows the result. What only the person sees is drawn anew."""
    async with context.as_person(request) as tx:
        taken = await operations.take(tx, named_id(request, "triage"))
    return _reply(cards.told(taken), replace=True) if request.is_ephemeral else None


def _close_command(verb: str) -> Handler:
    async def close(context: Context, request: Request) -> Answer:
        number, text = parsing.number_and_rest(request.text, verb)
        if not text:
            return await _ask_for_words(context, request, number, verb)
        async with context.as_person(request) as tx:
            closed = await _CLOSES[verb](tx, number, text)
        return _reply(cards.told(closed))

    return close


def _close_button(verb: str) -> Handler:
    async def press(context: Context, request: Request) -> Answer:
        return await _ask_for_words(context, request, named_id(request, "triage"), verb)

    return press


async def _ask_for_words(context: Context, request: Request, number: int, verb: str) -> Answer:
    """Open the small form for what goes with `resolve` or `reject`, or say in it why that cannot be done now."""
    title = f"{verb.capitalize()} R-{number}"
    view_id = await forms.open_loading(context.slack, request, title)

    async def form() -> Block:
        async with context.as_person(request) as tx:
            found = await operations.check(tx, number, verb)
        return cards.closing_form(found, verb, _where(request))

    await forms.fill(context.slack, view_id, title, form)
    return None


def _close_form(verb: str) -> Handler:
    async def submit(context: Context, request: Request) -> Answer:
        number, text = int(request.metadata["triage"]), request.fields.get("text") or ""
        async with context.as_user(request.user_id, channel=request.metadata.get("channel")) as tx:
            closed = await _CLOSES[verb](tx, number, text)
        return CloseForms(_reply(cards.told(closed)))

    return submit


def _reply(drawn: tuple[str, list[Block]], *, replace: bool = False) -> Reply:
    text, shown = drawn
    return Reply(text, tuple(shown), replace)


COMMAND = SlashCommand(
    "/triage",
    "Report something, and follow what becomes of it",
    "opens the form to report something",
    (
        Subcommand(
            "new",
            "/triage new title [category:bug] [!high] [-- what happened]",
            "files a report in one line",
            "/triage new Export button dead category:bug !high -- I press it and nothing happens",
        ),
        Subcommand(
            "list",
            "/triage list [words] [is:pending|in_review|resolved|rejected|mine|unassigned] [category:] [priority:]",
            "lists reports, the open ones unless you say otherwise",
            "/triage list is:pending",
        ),
        Subcommand("show", "/triage show 5", "shows all there is about a report", "/triage show 5"),
        Subcommand("take", "/triage take 5", "you look after it, and the reporter is told", "/triage take 5"),
        Subcommand(
            "resolve",
            "/triage resolve 5 text",
            "closes it as done, with what was done",
            "/triage resolve 5 Fixed in version 2.1",
        ),
        Subcommand(
            "reject",
            "/triage reject 5 reason",
            "closes it as not to be done, with the reason",
            "/triage reject 5 Works as designed",
        ),
        Subcommand("help", "/triage help", "shows this", "/triage help", hidden=True),
    ),
)

SURFACE = Surface(
    handlers={
        ("command", "/triage"): open_report_form,
        ("command", "/triage new"): new,
        ("command", "/triage list"): list_reports,
        ("command", "/triage show"): show,
        ("command", "/triage take"): take,
        ("command", "/triage resolve"): _close_command("resolve"),
        ("command", "/triage reject"): _close_command("reject"),
        ("shortcut", Form.REPORT_MESSAGE): report_message,
        ("view", Form.REPORT): submit_report,
        ("view", Form.RESOLVE): _close_form("resolve"),
        ("view", Form.REJECT): _close_form("reject"),
        ("action", Act.TAKE): press_take,
        ("action", Act.RESOLVE): _close_button("resolve"),
        ("action", Act.REJECT): _close_button("reject"),
        ("action", Act.SHOW): press_show,
        ("action", Act.EARLIER_PAGE): turn_page,
        ("action", Act.LATER_PAGE): turn_page,
    },
    commands=(COMMAND,),
    shortcuts=(
        Shortcut(
            Form.REPORT_MESSAGE, "Report this message", "Files a report with this message's text and a link to it"
        ),
    ),
)
