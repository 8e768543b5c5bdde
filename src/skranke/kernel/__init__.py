"""Value types and small facts that every room shares. Imports nothing of Django and no other room."""
