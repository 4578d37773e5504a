"""The sample workspace: six plainly invented people and their channels."""

from __future__ import annotations

from bot.sandbox.slack.model import BOT_USER_ID, Channel, FirstMessage, Person, WorkspaceData

ANA, BO, TESS, MIA, ADA, ROB = (
    "U0SAMPLEANA",
    "U0SAMPLEBO",
    "U0SAMPLETESS",
    "U0SAMPLEMIA",
    "U0SAMPLEADA",
    "U0SAMPLEROB",
)


def _person(user_id: str, name: str, title: str, tz: str, *, is_admin: bool = False, is_owner: bool = False) -> Person:
    return Person(
        id=user_id,
        name=name,
        real_name=f"{name.capitalize()} Sample",
        title=title,
        email=f"{name}@example.com",
        tz=tz,
        avatar=f"/page/avatars/{name}.svg",
        is_admin=is_admin,
        is_owner=is_owner,
    )


def sample_workspace() -> WorkspaceData:
    """The workspace that `python -m bot sandbox` starts with, and most tests."""
    people = (
        _person(ANA, "ana", "Developer", "Europe/Berlin"),
        _person(BO, "bo", "Developer", "Europe/London"),
        _person(TESS, "tess", "Tester", "America/New_York"),
        _person(MIA, "mia", "Project manager", "Europe/Berlin"),
        _person(ADA, "ada", "Workspace owner", "America/Los_Angeles", is_admin=True, is_owner=True),
        _person(ROB, "rob", "Customer support", "Asia/Kolkata"),
    )
    everybody = tuple(person.id for person in people)
    with_bot = (*everybody, BOT_USER_ID)
    channels = (
        Channel("C0GENERAL", "channel", "general", "Everybody", ADA, members=with_bot),
        Channel("C0WEBTEAM", "channel", "web", "The web application", MIA, members=with_bot),
        Channel("C0SCRUMTEAM", "channel", "team", "Daily work of the team", MIA, members=with_bot),
        Channel("C0ALERTS01", "channel", "alerts", "What runs late", MIA, members=with_bot),
        Channel("C0TRIAGE01", "channel", "triage", "What was reported", MIA, members=with_bot),
        Channel("C0RANDOM01", "channel", "random", "Anything else", ADA, members=everybody),
        Channel("C0LEADS001", "private", "leads", "Planning", ADA, members=(ADA, MIA)),
    )
    messages = (
        FirstMessage("C0GENERAL", ADA, "Welcome, everybody! This is a sample workspace: try anything.", 45),
        FirstMessage(
            "C0GENERAL", MIA, f"Tasks, reports and alerts come from <@{BOT_USER_ID}>. Type `/task` to begin.", 42
        ),
        FirstMessage("C0GENERAL", ROB, "The export button does nothing for one of our customers :thinking_face:", 12),
        FirstMessage(
            "C0GENERAL", TESS, f"Thanks <@{ROB}>, could you file it with `/triage`? Then nobody forgets it.", 9
        ),
        FirstMessage("C0WEBTEAM", ANA, "The login page is next on my list.", 30),
    )
    return WorkspaceData(people=people, channels=channels, messages=messages)
