"""The clinic, who works there, and how it is reached on the bus."""
