"""Adresseregisteret, CPPA and Fastlegeregisteret as HelseNorge pretends them, asked over SOAP as the real ones.

`soap` takes a question and frames its answer, the others answer: elements and their order are those of Norsk
Helsenett's contracts (NHN.DtoContracts, WCF), as far as a record system reads them.
"""
