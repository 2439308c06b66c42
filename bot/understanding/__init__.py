"""Text to meaning, pure: nothing here knows LINE, the database or the clock."""
