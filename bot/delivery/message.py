"""What is delivered: a message, its attachments, where to, and the receipt. Plain values, printable as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import Base64Bytes

from semantic_layer.query import Frozen
from semantic_layer.text import Locale

ReceiptState = Literal["sent", "retry", "dead"]


class Attachment(Frozen):
    """A file that goes along; services that take none get the text alone, with a line that says so."""

    name: str
    mime: str
    content: Base64Bytes

    @staticmethod
    def of(name: str, mime: str, content: bytes) -> Attachment:
        """Return the attachment of plain bytes."""
        import base64

        return Attachment(name=name, mime=mime, content=base64.b64encode(content))


class Message(Frozen):
    """One message in one language. `markdown` is always there; `html` is used where the service shows it (e-mail)."""

    title: str
    markdown: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    locale: Locale = "zh-CN"


@dataclass(frozen=True, slots=True)
class Target:
    """A named place to deliver to. The address is a secret: it never appears in a representation or a log."""

    name: str
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one message at one target. `problem` names no address; None where it was sent."""

    target: str
    state: ReceiptState
    service: str
    parts: int = 0
    problem: str | None = None
