"""Who stands in for a GP, and when."""
