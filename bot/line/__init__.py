"""LINE itself: its webhook, its events, its messages, and the only use of its SDK."""
