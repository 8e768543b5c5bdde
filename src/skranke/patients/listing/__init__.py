"""Whose list a patient stands on, as Fastlegeregisteret says: one patient at a time (ACT-6), and all (PAT-16)."""
