"""The rules in force: which files they are, whether they can be read, whether they make sense."""

from lead_warehouse.rules.check import CheckedRules, check_rules
from lead_warehouse.rules.compose import compose_seeds, rules_digest
from lead_warehouse.rules.problems import RulesError

__all__ = ["CheckedRules", "RulesError", "check_rules", "compose_seeds", "rules_digest"]
