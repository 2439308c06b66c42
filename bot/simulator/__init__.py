"""A LINE platform on loopback: the Messaging API, its limits, its webhooks and a chat page to talk in."""
