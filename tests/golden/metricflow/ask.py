"""Run with the oracles' Python: queries as JSON on stdin, MetricFlow's DuckDB SQL for each as JSON on stdout."""

import json
import sys
import time
from pathlib import Path

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantic_interfaces.parsing.dir_to_model import (
    parse_yaml_files_to_validation_ready_semantic_manifest,
)
from metricflow_semantic_interfaces.parsing.objects import YamlConfigFile
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup


class NoDatabase:
    """Only the dialect: the SQL is run by the test."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()

    def render_bind_parameter_key(self, key):
        return key


def main() -> None:
    folder = Path(__file__).parent
    files = [
        YamlConfigFile(filepath=name, contents=(folder / name).read_text(encoding="utf-8"))
        for name in ("model.yaml", "spine.yaml")
    ]
    built = parse_yaml_files_to_validation_ready_semantic_manifest(files)
    engine = MetricFlowEngine(SemanticManifestLookup(built.semantic_manifest), NoDatabase())
    answers = []
    for query in json.load(sys.stdin):
        request = MetricFlowQueryRequest.create(
            metric_names=query["metrics"], group_by_names=query["group_by"]
        )
        began = time.process_time()
        explained = engine.explain(request)
        answers.append({"sql": explained.sql_statement.sql, "seconds": time.process_time() - began})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
