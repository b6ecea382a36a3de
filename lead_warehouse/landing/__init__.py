"""Landing: files in, canonical raw tables and quarantine out; no row is lost on the way."""
