"""The workspace on disk: SQLAlchemy tables, imports, settings and the audit trail."""
