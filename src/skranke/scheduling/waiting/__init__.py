"""The waiting list (venteliste): who waits for a time, and times held for them in order (REQ-6)."""
