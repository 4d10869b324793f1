"""A page that stands alone: template and styles in one file, no script, nothing loaded, and a policy that says so.

Whatever is not a template's own word is escaped, and shown so that each character can be seen.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import Any

from grader.errors import MachineError
from grader.package import how_to_get
from grader.report.visible import visible

try:
    import jinja2
    from markupsafe import Markup as Markup
    from markupsafe import escape as escape
except ImportError:
    raise MachineError("Pages are made with jinja2, which is not installed.", how_to_get("teacher")) from None

TEMPLATES = Path(__file__).parent / "templates"
HTML_LANGUAGES = {"zh": "zh-CN"}


def render_page(template: str, styles: tuple[str, ...], language: str, **context: Any) -> str:
    """Return a page: `template` with the style sheets of these names inlined, in `en` or `zh`.

    The template begins with `{% extends "base.html" %}`.
    """
    style = "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in styles)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    html_language = HTML_LANGUAGES.get(language, language)
    page = _environment().get_template(template)
    return page.render(style=Markup(style), policy=policy, html_language=html_language, **context) + "\n"


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _finalized(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
