"""`seoula doctor`: one row per real component, and what to do about it."""

from assistant.doctor.checkup import CHECKS, Check, run_checks
from assistant.doctor.row import Row, State, table

__all__ = ["CHECKS", "Check", "Row", "State", "run_checks", "table"]
