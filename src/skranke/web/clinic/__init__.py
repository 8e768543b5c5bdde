"""The clinic portal."""
