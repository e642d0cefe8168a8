"""Files in, checked and linked records out: tables now, planned as bounded batches with a result for every row."""

from kg.ingest.limits import Limits
from kg.ingest.linking import Linker, MaterialRequest, NoLinker, TechnologyRequest
from kg.ingest.planning import Existing, ImportPlan, PlannedBatch, plan_import
from kg.ingest.report import guard_cell, report_csv
from kg.ingest.tables import Table, read_table

__all__ = [
    "Existing",
    "ImportPlan",
    "Limits",
    "Linker",
    "MaterialRequest",
    "NoLinker",
    "PlannedBatch",
    "Table",
    "TechnologyRequest",
    "guard_cell",
    "plan_import",
    "read_table",
    "report_csv",
]
