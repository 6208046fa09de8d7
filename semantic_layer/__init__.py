"""YAML in; SQL and typed tables out. Imports nothing else of AskGrowth.

`semantic_layer.open(path)` opens a workspace. Importing the package costs nothing: what is named here is
imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from semantic_layer.catalog import Catalog
    from semantic_layer.errors import AskGrowthError, SpecProblemsError
    from semantic_layer.opening import open_workspace as open  # noqa: A004 - `semantic_layer.open` is the contract
    from semantic_layer.query import MetricQuery
    from semantic_layer.querying import QueryResult
    from semantic_layer.text import Text
    from semantic_layer.workspace import SemanticLayer

__all__ = [
    "AskGrowthError", "Catalog", "MetricQuery", "QueryResult", "SemanticLayer", "SpecProblemsError", "Text", "open",
]  # fmt: skip

_HOMES = {
    "AskGrowthError": ("semantic_layer.errors", "AskGrowthError"),
    "Catalog": ("semantic_layer.catalog", "Catalog"),
    "MetricQuery": ("semantic_layer.query", "MetricQuery"),
    "QueryResult": ("semantic_layer.querying", "QueryResult"),
    "SemanticLayer": ("semantic_layer.workspace", "SemanticLayer"),
    "SpecProblemsError": ("semantic_layer.errors", "SpecProblemsError"),
    "Text": ("semantic_layer.text", "Text"),
    "open": ("semantic_layer.opening", "open_workspace"),
}


def __getattr__(name: str) -> Any:
    """Return a public name, imported on first use (PEP 562)."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value
