"""What trackers of websites and apps have in common: the names of their events, told as a person would tell them."""
