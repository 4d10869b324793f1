"""The engine's own words, in English and Chinese. A course's words are the course's: `grader.model.Text`."""

from __future__ import annotations

import gettext as _gettext
import locale
import os
from collections.abc import Callable
from pathlib import Path

Say = Callable[[str], str]
LANGUAGES = ("en", "zh")
_CATALOGUES = {"zh": "zh_CN"}


def speaker(language: str) -> Say:
    """Return the function that says an English message in `en` or `zh`."""
    if language not in _CATALOGUES:
        return str
    return _gettext.translation("grade", Path(__file__).parent, [_CATALOGUES[language]]).gettext


def default_language() -> str:
    """Return the language that the environment asks for: Chinese for any `zh` locale, English otherwise."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    try:
        return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
    except ValueError:  # a locale that Python does not know
        return "en"


def mark(message: str) -> str:
    """Mark a message for the catalogue without translating it yet."""
    return message


class Filled(str):
    """A marked message whose slots are filled, in English; it still knows both, so that `retold` can say it in Chinese."""

    message: str
    slots: dict[str, object]


def filled(message: str, **slots: object) -> Filled:
    """Fill the slots of a marked message. What is in a slot is data, unless it is `filled` itself."""
    text = Filled(message.format(**slots))
    text.message, text.slots = message, slots
    return text


def retold(text: str, say: Say) -> str:
    """Say a marked message, with slots or without, as `say` does. Returns a plain text, which can be written as JSON."""
    if not isinstance(text, Filled):
        return say(text) if text else ""  # gettext has another meaning for an empty message
    slots = {name: retold(value, say) if isinstance(value, Filled) else value for name, value in text.slots.items()}
    return say(text.message).format(**slots)
