"""Papers for many applications at once, as one file: which there are (`kinds`), and how they are bound (`binding`)."""
