"""What the files mean together: names, types, shapes, routes, vocabularies, and the subjects that rules ask about.
Lazy: what nobody asks for is never parsed."""
