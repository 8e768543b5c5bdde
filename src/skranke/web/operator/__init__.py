"""The operator's pages: what runs on this installation."""
