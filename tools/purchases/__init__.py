"""Who bought when and for how much: the purchase days of every customer, as rows of SQL."""
