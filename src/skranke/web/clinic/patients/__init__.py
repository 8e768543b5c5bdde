"""The patients' part of the clinic portal."""
