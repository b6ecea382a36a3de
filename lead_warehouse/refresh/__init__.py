"""A refresh: land, gate, build, audit, seal, publish; readers see all of it or nothing."""
