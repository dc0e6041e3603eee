"""`python -m backprop_cli` is `backprop`."""

import sys

from backprop_cli.cli import main

sys.exit(main())
