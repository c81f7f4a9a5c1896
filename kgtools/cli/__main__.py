"""`python -m kgtools.cli`, for where the script `kg` is not on the path."""

import sys

from kgtools.cli import main

sys.exit(main())
