"""How inventories are written: one module a kind, which says what its columns and its JSON hold."""
