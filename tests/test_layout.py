"""Where things are, and who may import whom: the rules of the house, read from the code with `ast`."""

from __future__ import annotations

import ast
import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

LINES = {
    5: ("runtime", "__main__", "local", "schema"),
    4: (
        "*.slack",
        "*.slack_*",
        "*.github",
        "*.github_*",
        "*.schedule",
        "notifications.delivery",
        "notifications.places",
        "home",
        "home.*",
        "sandbox",
        "sandbox.*",
        "upkeep",
        "upkeep.*",
    ),
    2: ("slack", "slack.*", "github", "github.*", "schedule", "web", "context"),
    1: ("db", "engine", "listening", "embedded", "cluster", "server_account", "migrate"),
    0: ("errors", "settings", "log"),
}
"""Modules of the package by line, highest first: 5 composes, 4 are surfaces, 2 places. What is inside a feature's
folder and not named here is a core, line 3."""

FEATURES = ("users", "history", "notifications", "tasks", "triage", "chat", "reports")
"""The order of the cores: each may import those to its left."""

SENDING = {"slack_bolt", "slack_sdk", "github", "aiohttp", "apscheduler"}
"""Libraries that could send; a core that has none of them cannot send too early."""

SYSTEM_STEP = ("db", "*.notices", "history.*", "notifications.operations")
"""Who may take the owner's rights inside a person's transaction, with `as_system(tx)`."""

FORBIDDEN_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "base", "core"}
LONGEST_FILE = 400


@dataclass(frozen=True)
class Module:
    """One file of the package: its dotted name without `bot.`, and its parsed text."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def feature(self) -> str:
        return self.name.partition(".")[0]


def read_package(package: Path) -> dict[str, Module]:
    modules = {}
    for path in sorted(package.rglob("*.py")):
        name = ".".join(path.relative_to(package).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        if name:
            modules[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path)))
    return modules


def line_of(name: str) -> int | None:
    for line, patterns in LINES.items():
        # `slack.github_…` would be a place's own file, not a feature's surface.
        if line == 4 and name.partition(".")[0] in ("slack", "github"):
            continue
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            return line
    return 3 if name.partition(".")[0] in FEATURES else None


def imports(module: Module, modules: dict[str, Module]) -> Iterator[tuple[int, str]]:
    """Every import, also under `if TYPE_CHECKING` and inside functions: the line in the file and the full name."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            if node.level:
                is_package = module.path.name == "__init__.py"
                folders = ["bot", *module.name.split(".")][: None if is_package else -1]
                parents = folders[: len(folders) - node.level + 1]
                origin = ".".join([*parents, *([node.module] if node.module else [])])
            for alias in node.names:
                # `from bot.users import model` names a module, `from bot.db import Base` something inside one.
                full = f"{origin}.{alias.name}"
                yield node.lineno, full if full.removeprefix("bot.") in modules else origin


def forbidden_import(module: Module, target: str) -> str | None:
    """The rule that this import breaks, if any."""
    line = line_of(module.name)
    top, _, inside = target.partition(".")
    if top != "bot":
        if line == 3 and top in SENDING:
            return f"a core cannot send: it imports none of {', '.join(sorted(SENDING))}"
        return None
    if not inside or line in (5, None):
        return None
    other = line_of(inside)
    feature = inside.partition(".")[0]
    if other is None:
        return "every module stands on a line of LINES, or in a feature's folder"
    if line == 3:
        if inside == "slack.blocks" and module.name.endswith(".cards"):
            return None
        if other == 2:
            return "a core imports nothing of line 2 (places); only cards may use slack.blocks"
        if other == 3 and FEATURES.index(feature) > FEATURES.index(module.feature):
            return f"cores import only to their left: {' <- '.join(FEATURES)}"
    if line == other == 4 and feature != module.feature:
        return "a surface never imports another feature's surface; it calls that feature's operations"
    if other > line:
        return f"imports go downwards: line {line} may not import line {other}"
    return None


def takes_the_system_step(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        steps = ("as_system", "as_system_at_end")
        named = isinstance(node, ast.Name) and node.id in steps
        imported = isinstance(node, ast.ImportFrom) and any(alias.name in steps for alias in node.names)
        if (named or imported) and not any(fnmatch.fnmatchcase(module.name, one) for one in SYSTEM_STEP):
            yield node.lineno, f"as_system(tx) is a step of {', '.join(SYSTEM_STEP[1:])} only"
        opened = isinstance(node, ast.Attribute) and node.attr == "as_system"
        if opened and line_of(module.name) == 3:
            yield node.lineno, "a core is handed its transaction; surfaces open one as the system"


def broken_imports(package: Path) -> list[str]:
    modules = read_package(package)
    found = []
    for module in modules.values():
        where = module.path.relative_to(package.parent)
        if line_of(module.name) is None:
            found.append(f"{where}: every module stands on a line of LINES, or in a feature's folder")
        for number, target in imports(module, modules):
            if rule := forbidden_import(module, target):
                found.append(f"{where}:{number}: imports {target}, but {rule}")
        found += [f"{where}:{number}: {rule}" for number, rule in takes_the_system_step(module)]
    return found


def misplaced_files(root: Path) -> list[str]:
    found = []
    if (root / "alembic" / "__init__.py").exists():
        found.append("alembic/__init__.py hides the alembic library")
    for folder in ("bot", "tests", "bench", "alembic"):
        for path in sorted((root / folder).rglob("*.py")):
            where = path.relative_to(root)
            if named := FORBIDDEN_NAMES.intersection((*where.parent.parts, where.stem)):
                found.append(f"{where}: the name {named.pop()} says nothing about what is inside")
            length = len(path.read_text(encoding="utf-8").splitlines())
            if length > LONGEST_FILE and where.parts[:2] != ("alembic", "versions"):
                found.append(f"{where}: {length} lines; {LONGEST_FILE} is the end, split it by what things do")
    return found


def test_every_module_imports_only_what_its_line_allows() -> None:
    assert {"db", "settings", "slack.app"} <= read_package(ROOT / "bot").keys()
    assert broken_imports(ROOT / "bot") == []


def test_every_file_has_a_telling_name_and_a_readable_length() -> None:
    assert misplaced_files(ROOT) == []


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


HOUSE = {
    "bot/__init__.py": "",
    "bot/db.py": "from bot.errors import Failure\ndef as_system(tx): ...\n",
    "bot/errors.py": "class Failure(Exception): ...\n",
    "bot/runtime.py": "from bot.tasks import slack\nimport bot.home.slack\n",
    "bot/slack/blocks.py": "import json\n",
    "bot/slack/gateway.py": "import slack_sdk\nfrom bot import errors\n",
    "bot/users/model.py": "from bot.db import Base\n",
    "bot/tasks/model.py": "from bot.users.model import User\n",
    "bot/tasks/cards.py": "from bot.slack import blocks\n",
    "bot/tasks/notices.py": "from bot.db import as_system\nas_system(1)\n",
    "bot/tasks/slack.py": "from bot.slack import gateway\nfrom . import model\nfrom bot.triage import operations\n",
    "bot/triage/operations.py": "from bot.tasks import model\n",
    "bot/triage/slack.py": "async def f(context):\n    async with context.as_system(): ...\n",
    "bot/home/slack.py": "from bot.triage import operations\n",
}


def test_a_house_in_order_has_nothing_to_report(tmp_path: Path) -> None:
    assert broken_imports(write(tmp_path, HOUSE) / "bot") == []


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("bot/errors.py", "from bot.db import as_system", "imports go downwards"),
        ("bot/db.py", "def f():\n    import bot.slack.gateway", "imports go downwards"),
        ("bot/slack/gateway.py", "from bot.users import model", "imports go downwards"),
        ("bot/users/model.py", "from bot.tasks import slack", "imports go downwards"),
        ("bot/users/model.py", "from bot.tasks import model", "cores import only to their left"),
        ("bot/users/model.py", "from ..tasks.model import Task", "cores import only to their left"),
        ("bot/triage/operations.py", "from bot.slack.gateway import Gateway", "nothing of line 2"),
        ("bot/triage/operations.py", "from bot.slack import blocks", "nothing of line 2"),
        ("bot/tasks/cards.py", "import bot.slack.gateway", "nothing of line 2"),
        ("bot/triage/operations.py", "import aiohttp.web", "a core cannot send"),
        ("bot/tasks/later.py", "from slack_sdk import WebClient", "a core cannot send"),
        ("bot/triage/slack.py", "from bot.tasks.slack import SURFACE", "another feature's surface"),
        ("bot/home/slack.py", "from bot.tasks import slack", "another feature's surface"),
        ("bot/sandbox/page.py", "import bot.runtime", "imports go downwards"),
        ("bot/triage/operations.py", "from bot.db import as_system", "as_system(tx) is a step of"),
        ("bot/tasks/slack.py", "as_system(tx)", "as_system(tx) is a step of"),
        ("bot/triage/operations.py", "database.as_system()", "a core is handed its transaction"),
        ("bot/elsewhere.py", "", "every module stands on a line"),
    ],
)
def test_a_broken_rule_is_reported_by_name(tmp_path: Path, name: str, text: str, rule: str) -> None:
    (found, *_) = broken_imports(write(tmp_path, HOUSE | {name: text}) / "bot")
    assert rule in found
    assert found.startswith(name)


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("alembic/__init__.py", "", "hides the alembic library"),
        ("bot/tasks/utils.py", "", "says nothing"),
        ("tests/common/people.py", "", "says nothing"),
        ("bench/long.py", "\n" * 401, "401 lines"),
    ],
)
def test_a_misplaced_file_is_reported(tmp_path: Path, name: str, text: str, rule: str) -> None:
    (found,) = misplaced_files(write(tmp_path, {name: text, "alembic/versions/001_long.py": "\n" * 500}))
    assert rule in found
