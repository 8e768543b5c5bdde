"""HelseNorge, as a program that knows Skranke only by its outside contract and by the national standards."""
