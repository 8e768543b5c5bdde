"""Pages, REST API and live events: one part for each audience, and no rules."""
