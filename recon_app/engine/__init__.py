"""Matching as pure functions over whole columns: normalise, link, join to cases, explain."""
