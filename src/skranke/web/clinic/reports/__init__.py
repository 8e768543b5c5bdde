"""Rapporter: the clinic's figures as pictures, with the numbers behind each in a table."""
