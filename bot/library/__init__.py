"""The content pack in memory: all that the assistant can say, checked as a whole."""
