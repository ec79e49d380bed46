"""Asking machines that are not ours: which of them we may, over what, and when to try again."""
