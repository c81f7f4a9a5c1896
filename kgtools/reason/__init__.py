"""Reasoning: rules generated from the ontology, a materialiser that keeps justifications, and the OWL checks."""

from kgtools.reason.materialise import materialise
from kgtools.reason.owl import entailments, owl_report, owl_reports
from kgtools.reason.rules import Rule, rules

__all__ = ["Rule", "entailments", "materialise", "owl_report", "owl_reports", "rules"]
