"""The JSON API: `models` are its types, the other modules its routes."""
