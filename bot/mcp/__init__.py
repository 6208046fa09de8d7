"""The same brain for other assistants: a server of the Model Context Protocol, thin over `bot.api.service`."""
