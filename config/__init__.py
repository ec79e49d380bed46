"""Settings, addresses and entry points. Empty, so that `config.launch.bootstrap` loads before any package is there."""
