"""All else stands in pyproject.toml; this lets `pip install -e` put the files for Jupyter in their places, too."""

from setuptools import Distribution, setup


class WithData(Distribution):
    """setuptools asks `has_data` whether an editable install has data files, and knows no such method itself."""

    def has_data(self) -> bool:
        """Whether there are data files."""
        return bool(self.has_data_files())


setup(distclass=WithData)
