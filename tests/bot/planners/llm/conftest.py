"""The odd-named workspace of the rules planner's tests, asked through a real HTTP server that follows a script."""

import importlib.util
import shutil
import sys
from datetime import date
from pathlib import Path

import pytest

import semantic_layer
from bot.pipeline import Pipeline
from bot.planners.base import PlanRequest
from bot.planners.llm import ModelPlanner
from bot.planners.rules import RulesPlanner
from bot.settings import Endpoint, Settings
from tools.registry import Registry

HERE = Path(__file__).parent
TODAY = date(2026, 3, 19)


def _module(name):
    # Tests are no package: a helper beside them is loaded by its path.
    spec = importlib.util.spec_from_file_location(f"llm_tests_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def wire():
    """The scripted server's vocabulary: calls, propose, text, Wire."""
    return _module("endpoint")


@pytest.fixture
def server(wire):
    with wire.serving() as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def lamps(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lamps") / "workspace"
    shutil.copytree(HERE.parent / "mosslamp", folder)
    opened = semantic_layer.open(folder, state_dir=folder.parent / "state")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def rules(lamps):
    return RulesPlanner(lamps, registry=Registry.of([]))


@pytest.fixture
def ask(lamps, rules, server):
    """Ask a scripted model: `ask(question, model, mode="llm", seconds=…)` gives the reading."""

    def asked(
        question, model, mode="llm", *, conversation=None, locale="en-US", user=None, layer=None, **options
    ):
        endpoint = Endpoint(server.url, model, "sk-very-secret", **{"seconds": 20.0, **options})
        planner = ModelPlanner(layer or lamps, rules, endpoint, Registry.load, mode)
        return planner.plan(PlanRequest(question, locale, TODAY, layer or lamps, user, conversation))

    return asked


@pytest.fixture
def pipeline(lamps, server, tmp_path):
    """A pipeline over the workspace whose model follows a script."""

    def made(model, *, traced=False, **options):
        endpoint = Endpoint(server.url, model, "sk-very-secret", **options)
        settings = Settings(
            lamps.settings.path, is_demo=False, state_dir=tmp_path, endpoint=endpoint, traced=traced
        )
        return Pipeline(lamps, settings)

    return made


@pytest.fixture
def rules_alone(lamps, rules):
    """The reading of the rules planner, without any model."""
    return lambda question: rules.plan(PlanRequest(question, "en-US", TODAY, lamps))


@pytest.fixture(scope="session", autouse=True)
def _langchain_is_loaded():
    """Loading it takes seconds on a busy machine; that is not what the tests' small ceilings are for."""
    importlib.import_module("bot.planners.llm.agent")
