"""The archive: every document with its text, every reading of it, findings, decisions, and the runs that made them.

SQLite by default, PostgreSQL by URL. `schema` says what is kept, `connecting` opens, `store` writes, `lookup` reads."""
