"""HTTP with a provider: proving that a request is theirs, asking them at their source's pace."""
