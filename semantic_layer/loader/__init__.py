"""The YAML of a workspace into its catalog: read, resolve, check. Every problem is found in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from semantic_layer.catalog import Catalog
from semantic_layer.content import Content, VerifiedQuestion, WorkspaceSettings
from semantic_layer.engines.base import Limits
from semantic_layer.errors import SpecProblemsError
from semantic_layer.files import SourceFile, source_files, workspace_root
from semantic_layer.loader.analyses import build_analyses
from semantic_layer.loader.dimensions import build_names
from semantic_layer.loader.files import read_source
from semantic_layer.loader.filters import FilterReader
from semantic_layer.loader.metrics import build_metrics
from semantic_layer.loader.names import Names
from semantic_layer.loader.read import read_sections
from semantic_layer.loader.rollups import build_rollups
from semantic_layer.loader.sections import Sections
from semantic_layer.loader.spines import build_grains, build_spines
from semantic_layer.loader.users import load_users
from semantic_layer.loader.vocabulary import (
    build_access,
    build_concepts,
    build_events,
    build_segments,
    warn_shared_words,
)
from semantic_layer.loader.watching import build_watching
from semantic_layer.spec.document import Marked, read_documents
from semantic_layer.spec.problems import Problems
from semantic_layer.spec.workspace_file import WorkspaceSpec
from semantic_layer.text import Text
from semantic_layer.watching import Watching


@dataclass(frozen=True, slots=True)
class Loaded:
    """A workspace's YAML, understood. `catalog` is complete only where `problems.errors` is empty."""

    settings: WorkspaceSpec
    catalog: Catalog
    sections: Sections
    problems: Problems
    files: tuple[SourceFile, ...] = ()
    watching: Watching = field(default_factory=Watching)

    def catalog_or_raise(self) -> Catalog:
        """Return the catalog.

        Raises:
            SpecProblemsError: with every problem, by file and line, where there is any.
        """
        errors = self.problems.sorted_errors()
        if errors:
            raise SpecProblemsError(errors)
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


def load_content(path: Path) -> Content:
    """Return everything that the files of a workspace say.

    Raises:
        SpecProblemsError: with every problem, by file and line, where there is any.
        DataError: there is no workspace at `path`.
    """
    loaded = load(path)
    root = workspace_root(path)
    users = load_users(root, loaded.problems)
    catalog = loaded.catalog_or_raise()
    settings = settings_of(loaded.settings, root)
    return Content(catalog, settings, users, verified_of(loaded.sections), loaded.watching)


def settings_of(spec: WorkspaceSpec, root: Path) -> WorkspaceSettings:
    """Return the settings as plain values, defaults filled in."""
    engine, default = spec.engine, Limits()
    limits = Limits(
        seconds=engine.timeout_seconds or default.seconds,
        rows=engine.row_limit or default.rows,
        memory=engine.memory or default.memory,
        threads=engine.threads or default.threads,
    )
    return WorkspaceSettings(
        name=spec.name or Text.same(root.name or "workspace"),
        path=root,
        locale=spec.locale,
        timezone=spec.timezone,
        week_start=spec.week_start,
        fiscal_year_start=spec.fiscal_year_start,
        planner=spec.planner,
        today=spec.today,
        limits=limits,
        engine_path=engine.path,
        engine_type=engine.type,
        engine_url=engine.url,
        engine_namespace=engine.namespace,
        data=spec.data,
    )


def verified_of(sections: Sections) -> tuple[VerifiedQuestion, ...]:
    """Return the verified questions as plain values."""
    return tuple(
        VerifiedQuestion(
            question=entry.spec.question,
            plan=entry.spec.plan,
            paraphrases=entry.spec.paraphrases,
            approved_by=entry.spec.approved_by,
            approved_at=entry.spec.approved_at,
        )
        for entry in sections.verified
    )


def load_text(text: str, file: str = "askgrowth.yml") -> Loaded:
    """Return what one YAML text declares, with all its problems; nothing is read from disk."""
    problems = Problems()
    return _build(read_documents(text, file, problems.errors), problems, ())


def load_documents(files: Mapping[str, Mapping[str, object]]) -> Loaded:
    """Return what plain YAML values declare, by file name; nothing is read from disk."""
    import yaml

    problems = Problems()
    documents = [
        document
        for name, content in files.items()
        for document in read_documents(
            yaml.safe_dump(content, allow_unicode=True, sort_keys=False), name, problems.errors
        )
    ]
    return _build(documents, problems, ())


def _build(documents: Iterable[Marked], problems: Problems, files: tuple[SourceFile, ...]) -> Loaded:
    sections = read_sections(documents, problems)
    grains = build_grains(sections, problems)
    names = build_names(sections, problems)
    names.grains = frozenset(grains)
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
        custom_grains=grains,
        rollups=build_rollups(sections, names, metrics, problems),
        spellings=names.spellings,
    )
    watching = build_watching(sections, reader, catalog, problems)
    return Loaded(sections.settings, catalog, sections, problems, files, watching)


__all__ = ["Loaded", "Names", "load", "load_text"]
