"""What the archive holds, as files for other tools: Parquet, CSV, XLSX, JSON Lines, SQLite, a Frictionless data package.

`tables.toml` says which tables there are and what their fields mean, `items` reads the archive, `rows` makes the tables' rows,
the modules named after formats write them."""
