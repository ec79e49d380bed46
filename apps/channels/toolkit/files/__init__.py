"""Files as sources: where they lie (`places`, `buckets`), reading them in turn (`drop`), unpacking (`archives`)."""
