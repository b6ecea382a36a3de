"""Persons erased by law: everything that says who they were goes, and does not come back."""
