"""What staff teach over the shipped files: kept, learnt, tried before it counts, and put in force everywhere."""
