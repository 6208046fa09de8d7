"""The numerics of the analyses: pure functions over arrays, each with its source, testable without data."""
