"""Run with the oracles' Python: a folder of YAML and queries as JSON on stdin, MetricFlow's SQL or error on stdout."""

import json
import sys
from pathlib import Path

from ask import NoDatabase
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow_semantic_interfaces.parsing.dir_to_model import (
    parse_yaml_files_to_validation_ready_semantic_manifest,
)
from metricflow_semantic_interfaces.parsing.objects import YamlConfigFile
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup


def main() -> None:
    asked = json.load(sys.stdin)
    files = [
        YamlConfigFile(
            filepath=path.name, contents=path.read_text(encoding="utf-8").replace("$source_schema", "main")
        )
        for path in sorted(Path(asked["folder"]).rglob("*.yaml"))
    ]
    built = parse_yaml_files_to_validation_ready_semantic_manifest(files, raise_issues_as_exceptions=False)
    engine = MetricFlowEngine(SemanticManifestLookup(built.semantic_manifest), NoDatabase())
    answers = []
    for query in asked["queries"]:
        request = MetricFlowQueryRequest.create(
            metric_names=query["metrics"], group_by_names=query["group_by"]
        )
        try:
            answers.append({"sql": engine.explain(request).sql_statement.sql})
        except Exception as error:  # whatever it refuses is not compared
            answers.append({"error": f"{type(error).__name__}: {error}"[:500]})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
