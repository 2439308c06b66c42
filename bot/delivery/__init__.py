"""Everything between a decision and LINE: the inbox, the outbox, and the gate before every push."""
