"""Everything except the conversations themselves."""
