"""Renames a whole workspace: every table, column, name, label, synonym and value, in the YAML and in the data."""

import hashlib
import re
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import yaml

# Characters and syllables that no word of either language is made of here.
HAN = "鑫淼焱垚犇骉羴猋矗晶磊森垒畾尛掱毳瞐孨轰蟲飍赑龘靐雥鱻麤灥厵譶嚞瞾"
CONSONANTS, VOWELS = "bdfgklmnprtvz", "aeiou"
WORD_KEYS = ("label", "synonyms", "description", "words")
SQL_KEYS = ("expr", "filter", "where", "formula")
VALUE_KEYS = ("control", "id")
PLAIN_KEYS = (
    "type", "agg", "granularity", "unit", "format", "good_direction", "tier", "owner", "window", "lookback",
    "start", "end", "period", "timezone", "locale", "today", "planner", "engine", "week_start", "version",
    "first", "last", "choice", "window_agg", "period_agg", "calculation",
)  # fmt: skip
TOKEN = re.compile(r"'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*")


def new_value(value: str) -> str:
    """Return the new code of a stored text: letters only, the same for the same text."""
    return "q" + hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()[:10]


@dataclass
class Renaming:
    """What was renamed to what. Identifiers are numbered, words come from invented pools."""

    names: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    _zh: Any = field(
        default_factory=lambda: ("".join(pair) for pair in product(HAN, HAN) if pair[0] != pair[1])
    )
    _en: Any = field(
        default_factory=lambda: (
            f"{a}{b}{c}{d}{e}{f}x"
            for a, b, c, d, e, f in product(
                CONSONANTS, VOWELS, CONSONANTS, VOWELS[::2], CONSONANTS[::3], VOWELS
            )
        )
    )

    def name(self, old: str) -> str:
        """Return the new identifier of an old one."""
        return self.names.setdefault(old, f"zz{len(self.names)}k")

    def word(self, old: str) -> str:
        """Return the new word of an old one, in the same script."""
        if old not in self.words:
            chinese = any("\u4e00" <= char <= "\u9fff" for char in old)
            pool = self._zh if chinese else self._en
            for _ in range(0 if chinese else 7):  # keep English words more than a typo apart
                next(pool)
            self.words[old] = next(pool)
        return self.words[old]

    def sql(self, text: str) -> str:
        """Return an expression with its names and its text literals renamed."""

        def replace(match: re.Match[str]) -> str:
            token = match[0]
            if token.startswith("'"):
                return f"'{new_value(token[1:-1])}'"
            return self.names.get(token, token)

        return TOKEN.sub(replace, text)

    def question(self, text: str) -> str:
        """Return a question with every old word replaced, the longest first."""
        for old in sorted(self.words, key=len, reverse=True):
            text = re.sub(re.escape(old), self.words[old], text, flags=re.IGNORECASE)
        return text


def declared_names(node: object, key: str = "") -> set[str]:
    """Return every identifier the YAML declares: what stands under `name`, `table` or a column."""
    found: set[str] = set()
    if isinstance(node, dict):
        for child_key, child in node.items():
            if child_key in ("name", "table", "conformed", "agg_time_dimension", "primary_entity", "entity"):
                found |= {child} if isinstance(child, str) else declared_names(child, child_key)
            elif child_key not in ("label", "synonyms", "description", "values"):
                found |= declared_names(child, child_key)
    elif isinstance(node, list):
        for child in node:
            found |= declared_names(child, key)
    return found


def renamed(node: Any, renaming: Renaming, key: str = "") -> Any:
    """Return the YAML with everything renamed that is not grammar."""
    if isinstance(node, dict):
        if key == "values":
            return {_value(code): renamed(value, renaming) for code, value in node.items()}
        if key == "allocation":
            return {_value(code): share for code, share in node.items()}
        return {
            child: _words(value, renaming)
            if child in WORD_KEYS
            # An experiment's unit is an entity; a metric's is what is counted.
            else renamed(value, renaming, "entity" if child == "unit" and "variant" in node else child)
            for child, value in node.items()
        }
    if isinstance(node, list):
        return (
            [_value(item) for item in node]
            if key == "values"
            else [renamed(item, renaming, key) for item in node]
        )
    if not isinstance(node, str) or key in PLAIN_KEYS:
        return node
    if key in VALUE_KEYS:
        return new_value(node)
    if key in SQL_KEYS:
        return renaming.sql(node)
    return renaming.names.get(node, node)


def _value(code: object) -> object:
    return new_value(code) if isinstance(code, str) else code


def _words(node: Any, renaming: Renaming) -> Any:
    if isinstance(node, dict):
        return {language: _words(value, renaming) for language, value in node.items()}
    if isinstance(node, list):
        return [renaming.word(str(item)) for item in node]
    return renaming.word(str(node)) if node is not None else None


def rename_data(source: Path, target: Path, renaming: Renaming) -> None:
    """Write every Parquet file anew: new file and column names, every text replaced by its new code."""
    target.mkdir(parents=True)
    con = duckdb.connect()
    for file in sorted(source.glob("*.parquet")):
        columns = con.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
        picked = [
            (f"'q' || left(md5(\"{name}\"), 10)" if kind == "VARCHAR" else f'"{name}"')
            + f' AS "{renaming.names.get(name, name)}"'
            for name, kind, *_ in columns
        ]
        out = target / f"{renaming.names.get(file.stem, file.stem)}.parquet"
        con.execute(f"COPY (SELECT {', '.join(picked)} FROM '{file}') TO '{out}' (FORMAT parquet)")


def rename_workspace(workspace: Path, data: Path, target: Path) -> Renaming:
    """Write the renamed workspace and its data below `target`; return what became what.

    The words of `concepts` stay: they are how people ask ("worked best"), not names of the workspace.
    """
    renaming = Renaming()
    files = [workspace / "askgrowth.yml", *sorted((workspace / "models").glob("*.yml"))]
    contents = {file: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}
    for content in contents.values():
        for name in sorted(declared_names(content)):
            renaming.name(name)
    for file, content in contents.items():
        concepts = content.pop("concepts", None)
        new = renamed(content, renaming)
        if concepts is not None:
            kept = [{**renamed(concept, renaming), "words": concept["words"]} for concept in concepts]
            new["concepts"] = kept
        out = target / file.relative_to(workspace)
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(yaml.safe_dump(new, allow_unicode=True, sort_keys=False), encoding="utf-8")
    rename_data(data, target / "data", renaming)
    return renaming
