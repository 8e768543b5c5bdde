"""The clinic's patients, and whether they can be reached."""
