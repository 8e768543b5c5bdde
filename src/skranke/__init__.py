"""Skranke: an open front desk for Norwegian GP clinics."""

__version__ = "0.1.0"
