"""The settings of an installation, its addresses and its entry points."""
