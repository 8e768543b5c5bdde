"""Konfigurasjon: who works here, who gets what, and how the clinic is set up (ORG-12). A page is a line in registry."""
