"""For those who write exercises: starters from references, and the proof that suites judge as they must."""
