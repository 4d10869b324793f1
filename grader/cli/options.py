"""Options that every command has."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from grader.model import Audience

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Settings:
    """What the common options say."""

    language: str
    audience: Audience
    debug: bool


def common(function: Function) -> Function:
    """Give a command the common options; it takes them as one `settings`. Options before and after a command's name count."""

    @click.option("--lang", type=click.Choice(["en", "zh"]), help="Language of the report; by default that of your system.")
    @click.option("--as", "audience", type=click.Choice(["student", "teacher"]), help="Whose report; a teacher's shows all.")
    @click.option("--debug", is_flag=True, help="Show a traceback where something goes wrong.")
    @functools.wraps(function)
    def command(lang: str | None, audience: Audience | None, debug: bool, **rest: Any) -> Any:
        from grader.locale import default_language

        ctx = click.get_current_context()
        outer: Settings | None = ctx.obj
        settings = Settings(
            lang or (outer.language if outer else default_language()),
            audience or (outer.audience if outer else "student"),
            debug or bool(outer and outer.debug),
        )
        ctx.obj = settings
        return function(settings=settings, **rest)

    return command  # type: ignore[return-value]
