"""Digests and retrospectives as documents: asked by command, by chat, or by a job on Monday morning."""
