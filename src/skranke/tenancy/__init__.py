"""Who may see which rows: the unit of work, the base of every clinic's row, and the row-level security around it."""
