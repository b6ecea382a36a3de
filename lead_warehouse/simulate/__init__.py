"""A sample company with known behaviour, to try the warehouse on."""
