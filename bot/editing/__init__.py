"""Changing how a question was read: what each part of a plan may become, and the plan with a part changed.

`choices` lists what a reader may pick for a part (metrics, dimensions, values, periods with their dates,
comparisons), `apply` makes the changed plan. Neither knows a language model, and both hold for every front end.
"""
