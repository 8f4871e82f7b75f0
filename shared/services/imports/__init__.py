"""Excel in: a file is sent in, checked and shown, written all at once, and perhaps taken back. See decision 0019.

What can be imported is declared (`formats`); nothing here knows what a subject or a roster is.
"""
