#!/usr/bin/env python3
"""Makes all files of a deployment on Kubernetes from one configuration file:

    gen_yamls.py --type server|client --config_file FILE --output DIRECTORY

Needs Python 3.8 or newer and nothing else, and runs from any directory.
"""

import os
import sys

if sys.version_info < (3, 8):
    sys.exit("gen_yamls.py: Python 3.8 or newer is needed, this is %s" % sys.version.split()[0])

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from generator.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
