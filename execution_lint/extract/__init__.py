"""Source text to facts: pure, per region. The only layer that sees syntax trees."""
