"""Documents as HTML and Markdown through Jinja templates, ours or the workspace's, in a sandbox."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from bot.documents.content import Document
from semantic_layer.errors import AskGrowthError
from semantic_layer.text import Text

Form = Literal["html", "md"]
OWN = Path(__file__).resolve().parent / "templates"
FOLDER = "templates"  # of a workspace
NAMES: dict[Form, str] = {"html": "document.html", "md": "document.md"}
LARGEST = 200_000  # characters of a template
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[KMB]\b)")
_AFTER_SIGN = re.compile(r"(?<=[+−])(?=[¥€$£])")


class TemplateError(AskGrowthError):
    """A template of the workspace cannot be used."""

    code = "bad_template"


def render(document: Document, form: Form, workspace: Path | None = None) -> str:
    """Return the document as self-contained HTML or as Markdown.

    A workspace's `templates/document.html` and `templates/document.md` take the place of ours. They run in Jinja's
    sandbox over the document alone: no file, no attribute of Python, no other value can be reached.

    Raises:
        TemplateError: the workspace's template has a mistake or reaches for what it may not.
    """
    from jinja2 import TemplateError as JinjaError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        autoescape=form == "html", trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["whole"] = _whole
    path = workspace / FOLDER / NAMES[form] if workspace is not None else None
    own = path is None or not path.is_file()
    source = (OWN / NAMES[form] if own or path is None else path).read_text(encoding="utf-8")
    if len(source) > LARGEST:
        raise _bad(NAMES[form], f"> {LARGEST} characters")
    try:
        return environment.from_string(source).render(document=document)
    except (JinjaError, TypeError, ValueError, ArithmeticError) as error:
        raise _bad(NAMES[form], str(error)) from error


def _whole(sentence: str) -> str:
    """Return the sentence with its amounts kept on one line: "¥1.79 M" and "+¥1.79" are not broken in two."""
    return _AFTER_SIGN.sub("\u2060", _BEFORE_UNIT.sub("\u00a0", sentence))


def _bad(name: str, cause: str) -> TemplateError:
    return TemplateError(
        Text(
            zh=f"工作区的模板 {FOLDER}/{name} 用不了:{cause}。",
            en=f"The template {FOLDER}/{name} cannot be used: {cause}.",
        ),
        Text(
            zh="改正它,或移走它:没有模板时用自带的。",
            en="Mend it, or move it away: without one, the built-in template is used.",
        ),
    )
