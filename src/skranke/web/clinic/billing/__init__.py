"""Invoice cards in the clinic portal."""
