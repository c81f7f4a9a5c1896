"""A folder with all that a version of the graph publishes."""
