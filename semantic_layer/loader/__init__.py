"""The YAML of a workspace into its catalog: read, resolve, check. Every problem is found in one go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from semantic_layer.catalog import Catalog
from semantic_layer.errors import SpecErrors
from semantic_layer.loader.analyses import build_analyses
from semantic_layer.loader.dimensions import build_names
from semantic_layer.loader.files import SourceFile, read_source, source_files
from semantic_layer.loader.filters import FilterReader
from semantic_layer.loader.metrics import build_metrics
from semantic_layer.loader.names import Names
from semantic_layer.loader.read import read_sections
from semantic_layer.loader.sections import Sections
from semantic_layer.loader.spines import build_spines
from semantic_layer.loader.vocabulary import (
    build_access,
    build_concepts,
    build_events,
    build_segments,
    warn_shared_words,
)
from semantic_layer.spec.document import Marked, read_documents
from semantic_layer.spec.problems import Problems
from semantic_layer.spec.workspace_file import WorkspaceSpec


@dataclass(frozen=True, slots=True)
class Loaded:
    """A workspace's YAML, understood. `catalog` is complete only where `problems.errors` is empty."""

    settings: WorkspaceSpec
    catalog: Catalog
    sections: Sections
    problems: Problems
    files: tuple[SourceFile, ...] = ()

    def catalog_or_raise(self) -> Catalog:
        """Return the catalog.

        Raises:
            SpecErrors: with every problem, by file and line, where there is any.
        """
        errors = self.problems.sorted_errors()
        if errors:
            raise SpecErrors(errors)
        return self.catalog


def load(path: Path) -> Loaded:
    """Return what the YAML at `path` (a folder or one file) declares, with all its problems.

    Raises:
        DataError: there is no workspace at `path`.
    """
    problems = Problems()
    files = source_files(path)
    documents = [document for file in files for document in read_source(file, problems.errors)]
    return _build(documents, problems, files)


def load_text(text: str, file: str = "askgrowth.yml") -> Loaded:
    """Return what one YAML text declares, with all its problems; nothing is read from disk."""
    problems = Problems()
    return _build(read_documents(text, file, problems.errors), problems, ())


def _build(documents: Iterable[Marked], problems: Problems, files: tuple[SourceFile, ...]) -> Loaded:
    sections = read_sections(documents, problems)
    names = build_names(sections, problems)
    metrics = build_metrics(sections, names, problems)
    reader = FilterReader(names, tuple(metrics), sections.broken, problems)
    raws = {entry.spec.name: entry.raw for entry in sections.metrics}
    warn_shared_words(metrics, raws, problems)
    catalog = Catalog(
        models=names.models,
        dimensions=names.dimensions,
        metrics=metrics,
        segments=build_segments(sections, reader, problems),
        concepts=build_concepts(sections, names, metrics, problems),
        events=build_events(sections, problems),
        analyses=build_analyses(sections, reader, metrics, problems),
        access=build_access(sections, reader, metrics, problems),
        week_start=sections.settings.week_start,
        fiscal_year_start=sections.settings.fiscal_year_start,
        time_spines=build_spines(sections, problems),
        spellings=names.spellings,
    )
    return Loaded(sections.settings, catalog, sections, problems, files)


__all__ = ["Loaded", "Names", "load", "load_text"]
