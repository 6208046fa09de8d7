"""The memory: questions that a person has approved with their plan. Nothing gets here by itself.

`recall` finds what was approved for a question and serves it without a model; `approve` lets a pair in after a check
of its words and a regression run over everything that was approved before.
"""
