"""Schedules, slots and appointments: one book for every channel."""
