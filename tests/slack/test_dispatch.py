"""Requests find their handler, and every one is answered in time, whatever the handler does."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from bot.context import Context
from bot.db import Database
from bot.errors import Refusal
from bot.github.client import GitHub
from bot.settings import Settings
from bot.slack import app, blocks, forms, inbox, manifest, words
from bot.slack.command_line import SlashCommand, Subcommand
from bot.slack.gateway import Gateway, open_session
from bot.slack.request import Answer, CloseForms, FieldErrors, Options, Reply, Request, Shortcut, Surface
from bot.slack.socket_mode import SocketMode
from tests.waiting import until
from tests.workspace import LocalWorkspace

DEMO = SlashCommand(
    "/demo",
    "A command of these tests.",
    "says hello",
    (
        Subcommand("echo", "/demo echo TEXT", "repeats it", "/demo echo hi"),
        Subcommand("refuse", "/demo refuse", "refuses", "/demo refuse"),
        Subcommand("fail", "/demo fail", "fails", "/demo fail"),
        Subcommand("slow", "/demo slow", "takes long", "/demo slow"),
        Subcommand("form", "/demo form", "opens a form", "/demo form"),
        Subcommand("broken", "/demo broken", "opens a form that cannot be filled", "/demo broken"),
    ),
)
SAY = SlashCommand("/say", "Takes any line.", "says it")
GONE = SlashCommand("/gone", "Is in Slack's manifest only.", "does nothing")


@dataclass
class Demo:
    """A feature of these tests; `go` lets its slow handler finish, `seen` keeps what its event handler saw."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    seen: list[str] = field(default_factory=list)

    async def hello(self, _: Context, request: Request) -> Answer:
        button = blocks.button("Again", "demo.again", blocks.value(task=7))
        return Reply("Hello", (blocks.section("Hello"), blocks.actions(button)))

    async def again(self, _: Context, request: Request) -> Answer:
        return Reply(f"Again with {request.value['task']}", replace=True)

    async def echo(self, _: Context, request: Request) -> Answer:
        return Reply(blocks.quoted(request.text))

    async def refuse(self, _: Context, request: Request) -> Answer:
        raise Refusal("That is not possible.", example="/demo echo hi")

    async def fail(self, _: Context, request: Request) -> Answer:
        raise ZeroDivisionError("a defect")

    async def slow(self, _: Context, request: Request) -> Answer:
        await self.go.wait()
        return Reply("Done at last")

    async def form(self, context: Context, request: Request) -> Answer:
        view_id = await forms.open_loading(context.slack, request, "A form")
        kinds: blocks.Block = {"type": "external_select", "action_id": "kind", "min_query_length": 1}
        inputs = [
            blocks.field("name", "Name", blocks.text_input("name")),
            blocks.field("note", "Note", blocks.text_input("note", initial="a draft"), optional=True),
            blocks.field("kind", "Kind", kinds, optional=True),
        ]
        metadata = {"channel": request.channel_id, "response_url": request.response_url}
        view = blocks.modal("A form", inputs, callback_id="demo.form", submit="Save", metadata=metadata)
        await forms.show(context.slack, view_id, view)
        return None

    async def broken(self, context: Context, request: Request) -> Answer:
        view_id = await forms.open_loading(context.slack, request, "A form")

        async def form() -> blocks.Block:
            raise ZeroDivisionError("a defect")

        await forms.fill(context.slack, view_id, "A form", form)
        return None

    async def submitted(self, _: Context, request: Request) -> Answer:
        name = request.fields["name"]
        if name == "slow":
            await self.go.wait()
            raise Refusal("Too slow a name.", field="name")
        if name == "Slow Ana":
            await self.go.wait()
            return CloseForms(Reply("Saved for Slow Ana"))
        if name != "Ana":
            return FieldErrors({"name": f"Nobody is called {name}."})
        return CloseForms(Reply("Saved for Ana"))

    async def kinds(self, _: Context, request: Request) -> Answer:
        return Options((blocks.option("A bug", "bug"), blocks.option("An idea", "idea")))

    async def shortcut(self, _: Context, request: Request) -> Answer:
        return Reply(f"You chose {request.payload['message']['text']}")

    async def reacted(self, _: Context, request: Request) -> Answer:
        self.seen.append(request.payload["event"]["reaction"])
        return None

    def surface(self) -> Surface:
        return Surface(
            commands=(DEMO, SAY),
            shortcuts=(Shortcut("demo.pick", "Pick this", "Picks a message"),),
            handlers={
                ("command", "/demo"): self.hello,
                ("command", "/demo echo"): self.echo,
                ("command", "/demo refuse"): self.refuse,
                ("command", "/demo fail"): self.fail,
                ("command", "/demo slow"): self.slow,
                ("command", "/demo form"): self.form,
                ("command", "/demo broken"): self.broken,
                ("command", "/say *"): self.fail,
                ("action", "demo.again"): self.again,
                ("view", "demo.form"): self.submitted,
                ("options", "kind"): self.kinds,
                ("shortcut", "demo.pick"): self.shortcut,
                ("event", "reaction_added"): self.reacted,
            },
        )


@pytest.fixture
def demo() -> Demo:
    return Demo()


@pytest.fixture
async def slack(demo: Demo, database: Database) -> AsyncIterator[LocalWorkspace]:
    """The local Slack with Bolt, the dispatcher and the demo feature connected to it."""
    surface = demo.surface()
    described = manifest.build([DEMO, SAY, GONE], surface.shortcuts)
    async with LocalWorkspace.start(manifest=described) as workspace, open_session() as session:
        gateway = Gateway(session, workspace.api_url, workspace.slack.bot_token)
        github = GitHub(api_url=workspace.base_url, token=None)

        async def introduce(slack_ids: frozenset[str], channel: str | None) -> None:
            raise AssertionError("nobody is introduced in these tests")

        context = Context(Settings(), database, gateway, github, introduce)
        dispatcher = app.Dispatcher(context, [surface])
        identity = await gateway.call("auth.test")
        bolt = app.build(dispatcher, token=workspace.slack.bot_token, signing_secret=None, identity=identity)
        door = SocketMode(bolt, app_token=workspace.slack.app_token, gateway=gateway)
        await door.start()
        yield workspace
        demo.go.set()
        await door.close()
        await dispatcher.drain(5)
        await github.close()


async def test_a_command_is_answered_to_its_writer_only(slack: LocalWorkspace) -> None:
    receipt = await slack.person("ana").types("/demo echo < 5 & more", in_="#web")
    assert receipt.text == "< 5 & more"
    assert receipt.body["ephemeral"]
    assert "< 5" not in [message.text for message in await slack.person("bo").messages("#web")]


async def test_a_button_of_an_ephemeral_replaces_it(slack: LocalWorkspace) -> None:
    ana = slack.person("ana")
    receipt = await ana.types("/demo", in_="#web")
    await ana.presses("Again", on=receipt)
    await ana.channel("web").shows("Again with 7")
    await ana.channel("web").hides("Hello")


async def test_a_refusal_says_what_and_how_and_gives_the_text_back(slack: LocalWorkspace) -> None:
    answer = await slack.person("ana").types("/demo refuse my long text", in_="#web")
    for part in ("That is not possible.", "/demo echo hi", "/demo refuse my long text"):
        assert part in answer


async def test_a_defect_is_a_reference_number_that_is_also_in_the_log(
    slack: LocalWorkspace, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await slack.person("ana").types("/demo fail with my words", in_="#web")
    reference = re.search(r"Reference: `?(\w+)", answer.text)
    assert reference
    assert "ZeroDivision" not in answer
    assert reference[1] in caplog.text
    assert "with my words" in answer
    assert "with my words" not in caplog.text


async def test_a_typo_gets_the_help_and_the_nearest_word(slack: LocalWorkspace) -> None:
    answer = await slack.person("ana").types("/demo ehco hi", in_="#web")
    assert "Did you mean `/demo echo TEXT`?" in answer
    assert "/demo refuse" in answer


async def test_what_takes_long_is_acknowledged_and_answered_when_it_is_done(slack: LocalWorkspace, demo: Demo) -> None:
    ana = slack.person("ana")
    assert "Working on it" in await ana.types("/demo slow", in_="#web")
    demo.go.set()
    await ana.channel("web").shows("Done at last")


async def test_a_form_opens_empty_is_filled_and_refuses_at_its_field(slack: LocalWorkspace) -> None:
    ana = slack.person("ana")
    await ana.types("/demo form", in_="#web")
    form = await ana.sees_modal("A form", "Name")
    await ana.fills(form, {"Name": "Zoe"})
    assert await ana.submits(form) == {"Name": "Nobody is called Zoe."}
    await ana.fills(form, {"Name": "Ana"})
    assert await ana.submits(form) is None
    await ana.sees_no_modal()
    await ana.channel("web").shows("Saved for Ana")


async def test_a_slow_form_says_saving_and_comes_back_filled_with_the_error(slack: LocalWorkspace, demo: Demo) -> None:
    ana = slack.person("ana")
    await ana.types("/demo form", in_="#web")
    form = await ana.sees_modal("A form", "Name")
    await ana.fills(form, {"Name": "slow", "Note": "", "Kind": "An idea"})
    await ana.submits(form)
    await ana.sees_modal("A form", "Saving…")
    demo.go.set()
    back = await ana.sees_modal("A form", "Too slow a name.")
    name, note, kind = (block["element"] for block in back.blocks if block["type"] == "input")
    assert name["initial_value"] == "slow"
    assert "initial_value" not in note
    assert kind["initial_option"]["value"] == "idea"


async def test_a_slow_form_that_was_saved_says_so_in_its_place(slack: LocalWorkspace, demo: Demo) -> None:
    ana = slack.person("ana")
    await ana.types("/demo form", in_="#web")
    form = await ana.sees_modal("A form", "Name")
    await ana.fills(form, {"Name": "Slow Ana"})
    await ana.submits(form)
    await ana.sees_modal("A form", "Saving…")
    demo.go.set()
    await ana.sees_modal("A form", "Saved for Slow Ana")


async def test_a_slow_form_whose_reader_has_closed_it_answers_where_it_was_opened(
    slack: LocalWorkspace, demo: Demo
) -> None:
    ana = slack.person("ana")
    await ana.types("/demo form", in_="#web")
    form = await ana.sees_modal("A form", "Name")
    await ana.fills(form, {"Name": "Slow Ana"})
    await ana.submits(form)
    await ana.closes(await ana.sees_modal("A form", "Saving…"))
    demo.go.set()
    await ana.channel("web").shows("Saved for Slow Ana")


async def test_a_form_that_cannot_be_filled_does_not_go_on_loading(slack: LocalWorkspace) -> None:
    ana = slack.person("ana")
    await ana.types("/demo broken", in_="#web")
    await ana.sees_modal("A form", "I could not fill this form")
    await ana.channel("web").shows("Reference")


async def test_a_command_of_another_version_is_answered_with_those_there_are(slack: LocalWorkspace) -> None:
    answer = await slack.person("ana").types("/gone with my words", in_="#web")
    assert "I do not know `/gone`" in answer
    assert "/demo" in answer


async def test_the_words_of_a_line_are_no_part_of_the_name_in_the_log(
    slack: LocalWorkspace, caplog: pytest.LogCaptureFixture
) -> None:
    assert "Reference" in await slack.person("ana").types("/say Confidential things", in_="#web")
    assert "command /say * failed" in caplog.text
    assert "confidential" not in caplog.text.lower()


async def test_a_shortcut_is_handed_its_message(slack: LocalWorkspace) -> None:
    ana = slack.person("ana")
    said = await ana.says("the export is dead", in_="#web")
    await ana.shortcut("Pick this", on=said)
    await ana.channel("web").shows("You chose the export is dead")


async def test_an_event_is_kept_before_it_is_acknowledged_and_handled_once(
    slack: LocalWorkspace, demo: Demo, database: Database
) -> None:
    ana = slack.person("ana")
    said = await ana.says("look", in_="#web")
    await ana.reacts("tada", on=said)

    async def handled() -> bool:
        async with database.as_system() as tx:
            rows = await tx.session.execute(text("SELECT type, handled_at IS NOT NULL FROM internal.slack_inbox"))
            return [tuple(row) for row in rows] == [("reaction_added", True)]

    await until(handled)
    assert demo.seen == ["tada"]


async def test_an_event_whose_process_died_is_taken_up_by_another(
    slack: LocalWorkspace, demo: Demo, database: Database
) -> None:
    body = {"event_id": "Ev1", "event": {"type": "reaction_added", "reaction": "eyes", "user": "U0SAMPLEANA"}}
    assert await inbox.keep(database, body)
    assert not await inbox.keep(database, body)
    assert await inbox.left_over(database) == []
    async with database.as_system() as tx:
        await tx.session.execute(text("UPDATE internal.slack_inbox SET received_at = now() - interval '2 minutes'"))
    assert await inbox.left_over(database) == [body]
    assert await inbox.left_over(database) == []


def test_two_handlers_of_one_name_are_a_defect(demo: Demo) -> None:
    with pytest.raises(ValueError, match="two handlers"):
        words.combine([demo.surface(), demo.surface()])
