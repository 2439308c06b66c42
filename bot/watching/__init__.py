"""Whether the house is well: figures of how it does, who asks for them, and what becomes an alert."""
