"""The bundled workspace: a fictional Chinese skin-care brand, its YAML and the generator of its data."""
