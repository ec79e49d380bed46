"""From an event to a part of somebody's story. `receive` keeps events as `envelope`s, `notify` wakes the workers,
`process` understands and records what waits. A file that is read by hand goes the same way, a batch in one transaction
(`file_batch`, `file_run` with its `writers` and its `report`)."""
