"""What the past says of points and half-lives; it proposes rules and never changes those in force."""
