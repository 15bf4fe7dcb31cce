"""What `compare.py` is made of: trees, peers, what is measured, and the tables."""
