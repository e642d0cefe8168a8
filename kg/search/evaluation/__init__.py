"""Measuring answers: hidden cases, baselines, fitted weights, calibration, and what is still wrong."""

from kg.search.evaluation.cases import Case, cases_of_index, cases_of_sheet
from kg.search.evaluation.run import Evaluation, evaluate

__all__ = ["Case", "Evaluation", "cases_of_index", "cases_of_sheet", "evaluate"]
