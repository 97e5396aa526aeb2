#!/usr/bin/env python3
"""Fetches the raw MNIST files: prepare_torch_data.py --path DIRECTORY."""

from prepare_tf_data import main

if __name__ == "__main__":
    main()
