"""What every layer speaks of: spans, findings, confidence, reports. Plain frozen data."""
