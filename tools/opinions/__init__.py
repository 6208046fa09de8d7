"""Opinions in comments: what they are about, whether they are bad, and when bad ones become more."""
