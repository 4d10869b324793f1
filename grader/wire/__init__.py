"""The grammar that the judge and the worker both speak. Imports nothing of ours; nothing here ever unpickles."""
