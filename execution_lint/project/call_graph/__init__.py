"""Who calls what, asked upwards: from a function to the code that can execute it."""
