"""The keys of the review: what each does and which key it has until somebody binds another.

The one place where they stand: the pages, the script and docs/review.md get them from here. A key is named as the browser
names it (`KeyboardEvent.key`); a letter with Shift is its capital. Digits choose a proposal and are not rebindable.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """`name` is what the script knows it by, its words are the catalogue's `U-KEY-NAME`. `place`: where it works. `repeats`: it
    goes on while the key is held down, as moving about does; deciding does not, or a heavy hand decides what it never saw."""

    name: str
    key: str
    place: str = "desk"
    repeats: bool = False

    @property
    def code(self) -> str:
        return f"U-KEY-{self.name.upper()}"


ACTIONS = (
    Action("accept", "Enter"),
    Action("printed", "p"),
    Action("edit", "e"),
    Action("misprint", "w"),
    Action("illegible", "x"),
    Action("dismiss", "d"),
    Action("note", "n"),
    Action("undo", "u"),
    Action("next", "j", repeats=True),
    Action("previous", "k", repeats=True),
    Action("cell_next", "l", repeats=True),
    Action("cell_previous", "h", repeats=True),
    Action("history", "y"),
    Action("image", "i"),
    Action("zoom_in", "+", repeats=True),
    Action("zoom_out", "-", repeats=True),
    Action("start", "s", "queue"),
    Action("open", "o", "queue"),
    Action("down", "j", "queue", repeats=True),
    Action("up", "k", "queue", repeats=True),
    Action("group", "g", "queue"),
    Action("search", "/", "queue"),
    Action("queue", "q", "everywhere"),
    Action("language", "L", "everywhere"),
    Action("settings", ",", "everywhere"),
    Action("help", "?", "everywhere"),
)
PROPOSALS = tuple("123456789")


def markdown_table(words: dict[str, str]) -> str:
    """The table of docs/review.md. `words`: what each action is called, by its code."""
    lines = ["| key | on | does |", "|---|---|---|", f"| `1` … `9` | desk | {words['U-KEY-PROPOSAL']} |"]
    lines += [f"| `{action.key}` | {action.place} | {words[action.code]} |" for action in ACTIONS]
    return "\n".join(lines)
