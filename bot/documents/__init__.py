"""Answers as documents that stand alone: HTML with inline pictures, Markdown, PDF or PNG by an installed browser.

`content` turns an answer into headings, sentences, tiles, tables and pictures in one language; `render` puts them
through Jinja templates (the workspace may bring its own), sandboxed; `pictures` draws charts as SVG.
"""
