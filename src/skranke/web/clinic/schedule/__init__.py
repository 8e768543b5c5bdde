"""Timebok: the week, booking, and everything done with one appointment."""
