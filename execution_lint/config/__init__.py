"""What the user asks for: the options and the contract, read from file and command line, every mistake said at once."""
