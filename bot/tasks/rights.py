"""Who may do what with a task, said in words; pure. Which tasks somebody may see is one condition in `queries`."""

from __future__ import annotations

from bot.db import Person
from bot.errors import Refusal
from bot.tasks.model import Task, number


def check_create(me: Person) -> None:
    """Raises `Refusal` where `me` may not make tasks."""
    if me.is_guest:
        raise Refusal("Guests cannot make tasks. Report what you found with `/triage`, or ask somebody of the team.")


def check_change(me: Person, task: Task) -> None:
    """Raises `Refusal` where `me` may not change `task`: only who made it, who has it, and managers may."""
    if me.is_guest:
        raise Refusal(f"Guests can follow {number(task.id)} and not change it. Please ask somebody of the team.")
    if me.is_manager or me.id in (task.created_by, task.assigned_user_id):
        return
    hint = f" Take it first: `/task take {task.id}`." if may_take(me, task) else ""
    raise Refusal(f"{number(task.id)} can be changed by who made it, who has it, and project managers.{hint}")


def may_take(me: Person, task: Task) -> bool:
    return not me.is_guest and (me.is_manager or task.assigned_role == me.role)


def check_take(me: Person, task: Task) -> None:
    """Raises `Refusal` where `me` may not take `task`: it is for another role."""
    if me.is_guest:
        raise Refusal("Guests cannot take tasks. Please ask somebody of the team.")
    if not may_take(me, task):
        role = task.assigned_role.replace("_", " ")
        raise Refusal(
            f"{number(task.id)} is for a {role}, and you are a {me.role.replace('_', ' ')}. "
            "Who made it, or a project manager, can give it to you."
        )
