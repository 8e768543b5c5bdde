"""`skranke demo`: everything on one machine, with a synthetic clinic and a HelseNorge to talk with."""
