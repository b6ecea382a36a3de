"""What a warehouse goes through on a bad day, many times over; `make chaos` runs all of it."""
