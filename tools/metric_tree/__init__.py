"""What a metric is made of, for analyses that take it apart: linear forms, formulas, values per day and group."""
