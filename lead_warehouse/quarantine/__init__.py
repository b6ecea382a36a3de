"""Records in quarantine: what they are, what was decided of them, and how they come in later."""
