"""LINE itself: its webhook, its events, its messages, its menus."""
