"""The endpoints of the Messaging API, each a function from the world and a call to an answer; routes.py is their table."""
