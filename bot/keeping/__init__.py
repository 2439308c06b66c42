"""What is kept of people and of the whole: for how long, in which copies, and how it is taken out again."""
