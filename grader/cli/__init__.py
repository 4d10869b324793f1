"""Words in, rooms called, words out."""
