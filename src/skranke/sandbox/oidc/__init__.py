"""The sandbox as log-in provider: a HelseID and an ID-porten that verify all that the real ones do."""
