"""Paged tables: rows are read as they are looked at, and painted by one delegate."""
