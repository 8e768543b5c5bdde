"""What waits to leave, in the order it was meant."""
