"""The model planner: a language model behind an OpenAI-compatible endpoint proposes plans, our code judges them.

`planner` decides when the model is asked and what its plan is worth beside the rules planner's; `context` picks the
few names of the catalog that the model sees; `session` is one question's tools, limits and trace; `judge` holds the
validator and the coverage check; `replies` mends what servers get wrong; `agent` is the one module that imports
LangChain, and it is imported when a question is really sent. Neither a number nor SQL ever comes from the model.
"""

from bot.planners.llm.planner import ModelPlanner

__all__ = ["ModelPlanner"]
