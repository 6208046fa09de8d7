"""The border types of the YAML: what an author may write, as frozen pydantic types, with the place of every key.

`document` reads text into marked values, the other modules say what each section may hold, `problems` turns
whatever is wrong into errors a person can act on. The meaning is made in `semantic_layer/loader`.
"""
