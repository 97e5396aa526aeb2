#!/usr/bin/env python3
"""Fetches MNIST and writes mnist.npz: prepare_tf_data.py --path DIRECTORY."""

import argparse
import pathlib
import subprocess
import sys

NSFL = pathlib.Path(__file__).resolve().parents[3] / "nsfl"


def main(*options):
    parser = argparse.ArgumentParser(description="Fetch MNIST, check it, convert it.")
    parser.add_argument("--path", required=True, help="directory to put it in")
    sys.exit(subprocess.run([str(NSFL), "data", "mnist", parser.parse_args().path, *options]).returncode)


if __name__ == "__main__":
    main("--npz")
