"""Who works at the clinic, as what, in which groups, and who gets what comes in (ORG-1 to ORG-15)."""
