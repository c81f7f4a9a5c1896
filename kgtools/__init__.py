"""The Sahel Knowledge Graph: curated claims, views of them, and questions asked of both."""

__all__ = ["__version__"]

__version__ = "0.1.0"
