"""What has no business word: the door to writing, money, text, refusals."""
