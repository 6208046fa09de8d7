"""The lexicon kept between processes: folding every declared name takes longer than answering a question."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bot.language.terms.lexicon import Lexicon, Term, build_lexicon
from semantic_layer.catalog import Catalog
from semantic_layer.keeping import code_stamp, keep_file

_CODE = Path(__file__).parent.parent


def open_lexicon(folder: Path | None, version: str, catalog: Catalog) -> Lexicon:
    """Return the lexicon of a catalog, from its file in `folder` where that fits, else built (and kept there).

    `version` changes whenever the catalog does. A file that is absent, damaged or of other code is written anew.
    """
    if folder is None:
        return build_lexicon(catalog)
    file, stamp = folder / "lexicon.json", f"{version} {code_stamp(_CODE)}"
    known = _kept(file, stamp)
    if known is not None:
        return known
    lexicon = build_lexicon(catalog)
    terms = {
        key: [(term.kind, term.name, term.source, term.code) for term in found]
        for key, found in lexicon.terms.items()
    }
    content = {"stamp": stamp, "terms": terms, "longest": lexicon.longest, "words": sorted(lexicon.words)}
    keep_file(file, json.dumps(content, ensure_ascii=False))
    return lexicon


def _kept(file: Path, stamp: str) -> Lexicon | None:
    try:
        known: dict[str, Any] = json.loads(file.read_bytes())
        if known["stamp"] != stamp:
            return None
        terms = {key: tuple(Term(*term) for term in found) for key, found in known["terms"].items()}
        return Lexicon(terms, known["longest"], frozenset(known["words"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
