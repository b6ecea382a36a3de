"""What the past says of points and half-lives; it proposes, and changes no rules in force."""
