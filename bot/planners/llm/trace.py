"""One structured record per question: to a logger, to a JSONL file, and as an OpenTelemetry span where that is on.

A record holds the question, the plans tried with their verdicts, and what it cost. It holds no key, no row and no
cell: nothing of a result is known when a plan is made, and whatever looks like a secret in a text is blotted out.
"""

from __future__ import annotations

import contextlib
import json
import logging
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer as OtelTracer

FILE = "questions.jsonl"
LARGEST = 5_000_000  # bytes; then the file becomes the old one
LOG = logging.getLogger("askgrowth.planner")
_SECRET = re.compile(
    r"(?i)(?P<key>\b(?:sk|pk|ghp|xox[a-z]|eyJ)[-_A-Za-z0-9.]{10,})|(?:bearer|password|密码)\s*[:=:]?\s*(?P<said>\S+)"
)
_SHORTEST = 6  # of a secret that is also looked for where no word announces it


class Trace:
    """Where records go. Never raises: a full disk or a collector that is away costs the record, not the answer."""

    def __init__(self, folder: Path | None = None, otlp_endpoint: str | None = None) -> None:
        """Take the folder of the JSONL file and the address of an OTLP collector; without both only the logger."""
        self._folder = folder
        self._otlp = otlp_endpoint
        self._lock = threading.Lock()

    def write(self, record: Mapping[str, object]) -> None:
        """Write one record."""
        told = json.loads(json.dumps(record, ensure_ascii=False, default=str))
        whole = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **_clean(told, _secrets(told))}
        line = json.dumps(whole, ensure_ascii=False)
        LOG.info(line)
        if self._folder is not None:
            with self._lock, contextlib.suppress(OSError):
                self._append(self._folder, line)
        if self._otlp is not None:
            self._span(json.loads(line))

    @staticmethod
    def _append(folder: Path, line: str) -> None:
        """Add a line to the file, opened anew: several planners and processes write to it."""
        path = folder / FILE
        if path.is_file() and path.stat().st_size > LARGEST:
            path.replace(path.with_suffix(".old.jsonl"))
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")

    def _span(self, record: dict[str, Any]) -> None:
        span = self._tracer.start_span("askgrowth.plan")
        for key, value in record.items():
            if value is not None:
                plain = (
                    value
                    if isinstance(value, str | int | float | bool)
                    else json.dumps(value, ensure_ascii=False)
                )
                span.set_attribute(f"askgrowth.{key}", plain)
        span.end()

    @cached_property
    def _tracer(self) -> OtelTracer:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider = TracerProvider(resource=Resource.create({"service.name": "askgrowth"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=self._otlp)))
        self._provider = provider  # ours alone: the process may have another
        return provider.get_tracer("askgrowth")

    def flush(self) -> None:
        """Send the spans that wait."""
        if "_tracer" in self.__dict__:
            self._provider.force_flush()


def blotted(text: str) -> str:
    """Return a text with everything that looks like a key, a token or a password made unreadable."""
    return _SECRET.sub("***", text)


def _secrets(value: Any) -> frozenset[str]:
    """Return the secrets that a record's texts announce: they may stand elsewhere in it without a word before them."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return frozenset(one for part in value for one in _secrets(part))
    found = (
        match["key"] or match["said"] for match in _SECRET.finditer(value if isinstance(value, str) else "")
    )
    return frozenset(one for one in found if len(one) >= _SHORTEST)


def _clean(value: Any, secrets: frozenset[str]) -> Any:
    """Return a record's value with the secrets blotted out in each of its texts; the JSON stays whole."""
    if isinstance(value, dict):
        return {key: _clean(part, secrets) for key, part in value.items()}
    if isinstance(value, list):
        return [_clean(part, secrets) for part in value]
    if not isinstance(value, str):
        return value
    text = blotted(value)
    for secret in sorted(secrets, key=len, reverse=True):
        text = re.sub(re.escape(secret), "***", text, flags=re.IGNORECASE)
    return text
