"""The analyst's bench: the SQL of an answer changed and run again, a number taken apart into rows, a workbook.

`compare` runs a person's SQL under their rights and says what differs from the answer, `rows` lists the rows a
number is made of, `workbook` writes an answer as an Excel file that can be reproduced.
"""
