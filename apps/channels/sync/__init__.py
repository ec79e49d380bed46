"""Asking sources. `schedule` is beat's, `run` reads one stream under a lease, `retry` says what follows when it fails,
`watch` listens to those who can tell at once. `circuit_breaker` counts what became of events and pauses a source that
makes no sense, `health` judges how each is doing."""
