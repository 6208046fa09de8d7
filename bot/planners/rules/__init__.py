"""The rules planner: a pipeline of small stages from words to a plan, the same for both languages.

text -> `segment` (normalise, candidates of terms, numbers, times and grammar words, the cheapest cover)
-> `roles` (which namesake is meant) -> `assemble` (the stages that fill the draft's slots) -> `decide`.
"""

from bot.planners.rules.planner import RulesPlanner

__all__ = ["RulesPlanner"]
