"""The chat in the browser: the only package that imports Chainlit, and thin over `bot.pipeline`.

`server` starts it, `app` registers the handlers, `chat` runs questions off the event loop, `payload` turns an
answer into what the card draws, `cards` sends it, `patches` mends Chainlit, `data_layer` writes threads and feedback.
"""
