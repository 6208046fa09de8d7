"""The value index: all distinct dimension values of the data, sorted by folded key, on disk or in memory.

One file of four parts that is mapped, not read: a cold `ask` over a million values opens it in microseconds.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.language.normalise import normalise
from bot.language.terms.tokens import key_of
from semantic_layer.query import Scalar

_MAGIC = b"AGVALUE2"
_HEADER = struct.Struct("<8sIIQQ")  # magic, values, dimensions, bytes of keys, bytes of stored values
MAX_KEY = 120  # longer values are free text: nobody types them into a question


@dataclass(frozen=True, slots=True)
class ValueHit:
    """A stored value of a dimension, and the key it is found by."""

    dimension: str
    code: Scalar
    key: str


class ValueIndex:
    """Sorted keys with exact and prefix lookup in O(log n); safe to share between threads."""

    def __init__(self, content: bytes | mmap.mmap) -> None:
        view = memoryview(content)
        magic, count, dimensions, key_bytes, code_bytes = _HEADER.unpack_from(view)
        if magic != _MAGIC:
            raise ValueError("not a value index")
        self._count: int = count
        at = _HEADER.size
        self._key_at = view[at : at + 4 * (count + 1)].cast("I")
        at += 4 * (count + 1)
        self._code_at = view[at : at + 4 * (count + 1)].cast("I")
        at += 4 * (count + 1)
        self._dimension = view[at : at + 4 * count].cast("I")
        at += 4 * count
        self._keys = view[at : at + key_bytes]
        at += key_bytes
        self._codes = view[at : at + code_bytes]
        names = json.loads(bytes(view[at + code_bytes :]))
        self._names: tuple[str, ...] = tuple(names)
        if len(self._names) != dimensions:
            raise ValueError("value index is cut short")

    def __len__(self) -> int:
        return self._count

    def exact(self, key: str) -> tuple[ValueHit, ...]:
        """Return the values whose key is `key`; empty when there is none."""
        hits, _ = self.look_up(key)
        return hits

    def look_up(self, key: str) -> tuple[tuple[ValueHit, ...], bool]:
        """Return the values whose key is `key`, and whether a longer key starts with it."""
        wanted = key.encode()
        at = self._lower_bound(wanted)
        first = at
        while at < self._count and self._key(at) == wanted:
            at += 1
        more = at < self._count and self._key(at).startswith(wanted)
        return tuple(self._hit(index) for index in range(first, at)), more

    def starting_with(self, prefix: str, limit: int) -> tuple[ValueHit, ...]:
        """Return up to `limit` values whose key starts with `prefix`, in key order."""
        wanted = prefix.encode()
        at = self._lower_bound(wanted)
        hits: list[ValueHit] = []
        while at < self._count and len(hits) < limit and self._key(at).startswith(wanted):
            hits.append(self._hit(at))
            at += 1
        return tuple(hits)

    def all_keys(self) -> Iterator[str]:
        """Yield all keys in order, for near-match search; a key appears once per value."""
        for index in range(self._count):
            yield self._key(index).decode()

    def _lower_bound(self, wanted: bytes) -> int:
        low, high = 0, self._count
        keys, offsets = self._keys, self._key_at
        while low < high:
            middle = (low + high) // 2
            if bytes(keys[offsets[middle] : offsets[middle + 1]]) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def _key(self, index: int) -> bytes:
        return bytes(self._keys[self._key_at[index] : self._key_at[index + 1]])

    def _hit(self, index: int) -> ValueHit:
        code = json.loads(bytes(self._codes[self._code_at[index] : self._code_at[index + 1]]))
        return ValueHit(self._names[self._dimension[index]], code, self._key(index).decode())


def build_index(values: Iterable[tuple[str, Scalar]]) -> ValueIndex:
    """Return an index in memory of (dimension, stored value) pairs."""
    return ValueIndex(encode(values))


def encode(values: Iterable[tuple[str, Scalar]]) -> bytes:
    """Return the index's bytes. Values without a letter or digit, and very long ones, are left out."""
    numbers: dict[str, int] = {}
    entries: list[tuple[bytes, int, bytes]] = []
    for dimension, code in values:
        key = value_key(code)
        if key and len(key) <= MAX_KEY:
            number = numbers.setdefault(dimension, len(numbers))
            entries.append((key.encode(), number, json.dumps(code, ensure_ascii=False).encode()))
    entries = sorted(set(entries))
    key_at, code_at = [0], [0]
    for key_bytes, _, code_bytes in entries:
        key_at.append(key_at[-1] + len(key_bytes))
        code_at.append(code_at[-1] + len(code_bytes))
    count = len(entries)
    return b"".join(
        (
            _HEADER.pack(_MAGIC, count, len(numbers), key_at[-1], code_at[-1]),
            struct.pack(f"<{count + 1}I", *key_at),
            struct.pack(f"<{count + 1}I", *code_at),
            struct.pack(f"<{count}I", *(number for _, number, _ in entries)),
            b"".join(key for key, _, _ in entries),
            b"".join(code for _, _, code in entries),
            json.dumps(list(numbers), ensure_ascii=False).encode(),
        )
    )


def value_key(code: Scalar) -> str:
    """Return the key by which a stored value is looked up; a truth value has none."""
    if isinstance(code, bool):
        return ""
    text = str(code)
    return key_of(normalise(text).text) if len(text) <= 4 * MAX_KEY else ""


def open_index(folder: Path | None, version: str, values: Iterable[tuple[str, Scalar]]) -> ValueIndex:
    """Return the index of one data version, from its file in `folder` or built (and stored) from `values`.

    `values` is only read when there is no usable file. Two processes may do this at once: the file is
    written aside and moved into place. A folder that cannot be written gives an index in memory.
    """
    if folder is None:
        return build_index(values)
    digest = hashlib.sha256(version.encode()).hexdigest()[:16]
    path = folder / f"values-{digest}.index"
    try:
        return _map(path)
    except (OSError, ValueError, struct.error):
        content = encode(values)
    try:
        _store(path, content)
    except OSError:
        return ValueIndex(content)
    return ValueIndex(content)


def _map(path: Path) -> ValueIndex:
    with path.open("rb") as file:
        return ValueIndex(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _store(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)
    for old in path.parent.glob("values-*.index"):
        if old != path:
            old.unlink(missing_ok=True)
