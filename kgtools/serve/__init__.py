"""A read-only SPARQL endpoint over a snapshot, with its pages and its descriptions."""
