"""The model reader: a language model held to a schema, each of its numbers looked up at the line it names."""
