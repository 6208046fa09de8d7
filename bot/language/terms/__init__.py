"""Terms: what the words of a question may name in the catalog and in the data.

`tokens` cuts folded text, `lexicon` holds every label, synonym and name of a catalog, `values` holds the
distinct dimension values of the data, `matcher` finds both in a question, exactly, by part or by typo.
"""
