"""The store: SQLite by default, PostgreSQL with the same code; everything that knows SQLAlchemy is in here."""
