"""Whether the clinic and its GPs are live in HelseNorge, what is missing, and what is offered (ACT)."""
