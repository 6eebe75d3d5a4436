"""The guards, by name: a file for each subject that has its own."""

from introduction.domain.process.guards import applications, cases, claims, follow_up, recommendations
from introduction.domain.process.guards.registry import GUARDS, Guard, Need, answers

__all__ = ["GUARDS", "Guard", "Need", "answers", "applications", "cases", "claims", "follow_up", "recommendations"]
