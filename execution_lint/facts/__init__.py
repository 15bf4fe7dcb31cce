"""What a file says: plain frozen data, symbolic and per region, names and spans only. What the cache stores and what
crosses processes."""
