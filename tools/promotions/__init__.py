"""Promotions and coupons: who used them, what the same people do without, and the words of the answer."""
