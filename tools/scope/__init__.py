"""What an analysis is about where the question does not say: which metric, which days, which events fall in them."""
