"""Reading what others write: single values, dates and times, countries."""
