"""The command line: thin functions that turn words into calls and answers into exit codes.

0 done, 1 failed (one clear line on standard error), 2 wrong usage or a config that does not check.
One module a command; `app` names them all and imports each only when it is called, so that
`--help` is quick on a slow machine.
"""

import os

# Before numpy comes in: on matrices as small as ours a second thread costs more than it brings.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from gateway.cli.app import main

__all__ = ["main"]
