"""Making schedules, appointment types and week templates (CAL-1..6, TYP-1..2, PLN-1)."""

from skranke.scheduling.services.schedules import change_schedule, create_schedule
from skranke.scheduling.services.types import create_type
from skranke.scheduling.services.week_templates import create_template, replace_template

__all__ = ["change_schedule", "create_schedule", "create_template", "create_type", "replace_template"]
