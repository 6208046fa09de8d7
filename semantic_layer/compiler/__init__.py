"""The metric compiler: a metric query over the catalog in, readable SQL and typed result columns out."""

from semantic_layer.compiler.compile import compile_query
from semantic_layer.compiler.context import CompileContext, CompiledQuery, DataSpan, PeriodRole
from semantic_layer.compiler.paths import reachable
from semantic_layer.compiler.ties import may_be_tied, tied_at_cut
from semantic_layer.compiler.transforms import is_additive

__all__ = [
    "CompileContext",
    "CompiledQuery",
    "DataSpan",
    "PeriodRole",
    "compile_query",
    "is_additive",
    "may_be_tied",
    "reachable",
    "tied_at_cut",
]
