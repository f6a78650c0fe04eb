"""What is done with mail in the background."""
