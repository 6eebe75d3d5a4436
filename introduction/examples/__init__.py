"""What ships to look at: real facts with their sources, and an invented demonstration that is marked as such."""
