"""Judgements as their readers see them: one file a format."""
