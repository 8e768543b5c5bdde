"""The patient's journal, as far as messages are written into it."""
