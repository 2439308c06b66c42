"""The staff of the practice: who they are, what they may do, where they are signed in, what they changed."""
