"""Run with the oracles' Python: one JSON line per manifest in (YAML text, queries), one line of SQL or errors out."""

import json
import sys
from datetime import datetime

from ask import NoDatabase
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow_semantic_interfaces.parsing.dir_to_model import (
    parse_yaml_files_to_validation_ready_semantic_manifest,
)
from metricflow_semantic_interfaces.parsing.objects import YamlConfigFile
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup


def answers(asked):
    files = [YamlConfigFile(filepath="model.yaml", contents=asked["yaml"])]
    built = parse_yaml_files_to_validation_ready_semantic_manifest(files, raise_issues_as_exceptions=False)
    issues = [issue.as_readable_str() for issue in built.issues.errors]
    if issues:
        return {"issues": issues[:5]}
    engine = MetricFlowEngine(SemanticManifestLookup(built.semantic_manifest), NoDatabase())
    found = []
    for query in asked["queries"]:
        try:
            request = MetricFlowQueryRequest.create(
                metric_names=query["metrics"] or None,
                group_by_names=query["group_by"],
                where_constraints=query["where"] or None,
                order_by_names=query.get("order_by"),
                limit=query.get("limit"),
                time_constraint_start=datetime.fromisoformat(query["start"]) if "start" in query else None,
                time_constraint_end=datetime.fromisoformat(query["end"] + "T23:59:59")
                if "end" in query
                else None,
            )
            found.append({"sql": engine.explain(request).sql_statement.sql})
        except Exception as error:  # whatever it refuses is not compared
            found.append({"error": f"{type(error).__name__}: {error}"[:800]})
    return {"answers": found}


for line in sys.stdin:
    sys.stdout.write(json.dumps(answers(json.loads(line))) + "\n")
    sys.stdout.flush()
