"""From a question to a checked answer: language, planners, answer, command line and chat."""

from importlib.util import find_spec
from pathlib import Path


def _require_siblings() -> None:
    """Refuse to start with somebody else's `tools` or `semantic_layer`.

    The names are generic: another distribution, or the folder Python was started in, may put a package of
    the same name first on the path. Everything would import, and fail much later over a missing name.
    """
    home = Path(__file__).resolve().parent.parent
    for name in ("semantic_layer", "tools"):
        spec = find_spec(name)
        origin = spec.origin if spec is not None else None
        if origin is None:
            where = "nothing with an __init__.py is importable under that name / 没有可导入的同名包"
        elif Path(origin).resolve().parent == home / name:
            continue
        else:
            where = f"Python finds {Path(origin).resolve().parent}"
        raise ImportError(
            f"AskGrowth needs its own package {name!r} at {home / name}, but {where}. "
            f"Remove the other one from sys.path, or run `python -m bot` from AskGrowth's own environment. / "
            f"需要 AskGrowth 自带的 {name!r},但找到的是别的同名包,请从 sys.path 中移除它。",
            name=name,
        )


_require_siblings()
