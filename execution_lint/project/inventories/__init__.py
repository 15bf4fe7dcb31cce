"""What a project has of one kind, listed whether or not a rule has anything to say of it."""
