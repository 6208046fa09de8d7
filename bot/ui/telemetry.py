"""Keeps telemetry out: Chainlit pulls a tracing kit in that it never uses and that takes seconds to import."""

from __future__ import annotations

import sys
from types import ModuleType

PACKAGE = "traceloop"


class Traceloop:
    """Stands where the tracing kit would be; nothing here calls it, and a call would fail aloud."""


def leave_out_telemetry() -> None:
    """Let `from traceloop.sdk import Traceloop` give an empty class. Call before Chainlit is imported."""
    if PACKAGE in sys.modules:
        return
    package, kit = ModuleType(PACKAGE), ModuleType(f"{PACKAGE}.sdk")
    package.__path__ = []
    setattr(kit, "Traceloop", Traceloop)  # noqa: B010 - a module made by hand has no declared names
    sys.modules[PACKAGE], sys.modules[f"{PACKAGE}.sdk"] = package, kit
