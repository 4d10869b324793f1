"""The untrusted end: holds the student's code and torch, in a cage, and answers the judge's requests. Imports wire only."""
