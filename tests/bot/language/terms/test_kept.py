"""The lexicon that is kept between processes is the one that would be built."""

from pathlib import Path

import pytest

from bot.language.terms.kept import open_lexicon
from bot.language.terms.lexicon import build_lexicon
from semantic_layer.catalog import Catalog
from semantic_layer.loader import load_text

YAML = """
models:
  - name: stays
    columns:
      - {name: room, dimension: {type: categorical}, label: {zh: 房型, en: room}, values: {1: Attic, 2: Cellar}}
      - {name: late, dimension: {type: boolean}, label: {zh: 是否迟到, en: late}}
    metrics:
      - {name: nights, agg: sum, expr: nights, label: {zh: 间夜数, en: number of nights}}
"""


@pytest.fixture
def catalog() -> Catalog:
    return load_text(YAML).catalog_or_raise()


def test_the_kept_lexicon_is_the_one_that_was_built(tmp_path: Path, catalog: Catalog):
    built = build_lexicon(catalog)
    assert open_lexicon(tmp_path, "1", catalog) == built
    assert open_lexicon(tmp_path, "1", catalog) == built
    assert list(open_lexicon(tmp_path, "1", catalog).terms) == list(built.terms)


def test_a_new_version_of_the_catalog_replaces_the_kept_lexicon(tmp_path: Path, catalog: Catalog):
    open_lexicon(tmp_path, "1", catalog)
    other = load_text(YAML.replace("间夜数", "房晚数")).catalog_or_raise()
    assert build_lexicon(other) != build_lexicon(catalog)
    assert open_lexicon(tmp_path, "2", other) == build_lexicon(other)


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", "null", '{"stamp": "1"}'], ids=lambda damage: damage or "empty"
)
def test_a_damaged_file_is_written_anew(tmp_path: Path, catalog: Catalog, damage: str):
    open_lexicon(tmp_path, "1", catalog)
    (tmp_path / "lexicon.json").write_text(damage, encoding="utf-8")
    assert open_lexicon(tmp_path, "1", catalog) == build_lexicon(catalog)
    assert len((tmp_path / "lexicon.json").read_text(encoding="utf-8")) > 100
