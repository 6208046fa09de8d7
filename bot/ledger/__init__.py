"""The ledger of suggestions in the app database: what was shown, decided, tried and measured.

`spool` takes down what was shown with the standard library alone, so that a question on the command line loads no
database; `book` keeps the ledger; `keeping` is what the pipeline holds. The measuring is `tools.promises`.
"""
