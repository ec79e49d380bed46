"""One package for each kind of source, and nothing else. docs/channels.md: "Adding a connector"."""
