"""The same brain over HTTP: thin over the pipeline, under the rights of a token's user."""
