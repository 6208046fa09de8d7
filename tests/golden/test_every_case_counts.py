"""Every golden case is there for something: it fails under at least one planted compiler bug. Only with `--deep`."""

import importlib.util
from pathlib import Path


def planted():
    """The bugs of the files beside this one, by name."""
    bugs = {}
    for path in sorted(Path(__file__).parent.glob("test_planted_bugs_of_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        bugs.update(module.BUGS)
    return bugs


def test_every_case_catches_a_planted_bug(golden, monkeypatch):
    left = golden.cases()
    for plant in planted().values():
        with monkeypatch.context() as patch, golden.fresh_memory():
            plant(patch)
            left = [case for case in left if not golden.notices(case)]
    assert "\n".join(map(str, left)) == ""
