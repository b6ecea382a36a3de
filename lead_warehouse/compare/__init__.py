"""What other rules would say, beside what readers see; readers notice nothing of it."""
