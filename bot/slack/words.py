"""The words the bot understands, put together from what each feature offers, and the help made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.slack import blocks
from bot.slack.command_line import SlashCommand
from bot.slack.request import Handler, Reply, Surface

Handlers = dict[tuple[str, str], Handler]


def combine(surfaces: Sequence[Surface]) -> tuple[Handlers, dict[str, SlashCommand]]:
    """All handlers, and all commands by name with every feature's words. Two of one name are a defect."""
    handlers: Handlers = {}
    for surface in surfaces:
        for key, handler in surface.handlers.items():
            if key in handlers:
                raise ValueError(f"two handlers are registered for {key}")
            handlers[key] = handler
    commands = {command.name: command for surface in surfaces for command in surface.commands}
    for surface in surfaces:
        for name, more in surface.words.items():
            commands[name] = replace(commands[name], words=commands[name].words + more)
    return handlers, commands


def unknown_command(name: str, known: Iterable[SlashCommand]) -> Reply:
    """What to say where Slack's manifest lists a command that this version does not have."""
    others = ", ".join(f"`{command.name}`" for command in known)
    return Reply(
        f":grey_question: I do not know `{blocks.escape(name)}`. I know {others}; each explains itself: add `help`."
    )


def help_reply(command: SlashCommand, unknown: str = "") -> Reply:
    """What a command knows, with examples to copy; after a typo, the nearest word comes first."""
    lines = [f"`{command.name}` – {command.bare}"]
    lines += [f"`{word.usage}` – {word.does}" for word in command.words if not word.hidden]
    shown = [blocks.section("\n".join(lines[start : start + 10])) for start in range(0, len(lines), 10)]
    examples = [f"`{word.example}`" for word in command.words if not word.hidden][:3]
    shown.append(blocks.context("For example: " + " · ".join(examples)))
    text = f"What {command.name} can do."
    if unknown:
        near = command.nearest(unknown)
        hint = f" Did you mean `{near.usage}`?" if near else ""
        text = f"I do not know `{command.name} {blocks.escape(unknown[:40])}`.{hint}"
        shown.insert(0, blocks.section(f":grey_question: {text}"))
    return Reply(text, tuple(shown))
