"""One folder a message function; `registry.py` lists them. What several share stands beside the folders."""
