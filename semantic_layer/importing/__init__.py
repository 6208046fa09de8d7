"""Foreign definitions into our YAML, with an honest list of what could not be carried over.

A format is one reader: it says whether a path is of its kind and returns what the path declares, as our own entries
(`Imported`). Writing, checking and reporting are the same for all.
"""

from __future__ import annotations

from semantic_layer.importing.formats import FORMATS, import_source
from semantic_layer.importing.report import Imported, Loss

__all__ = ["FORMATS", "Imported", "Loss", "import_source"]
