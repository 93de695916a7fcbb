#!/usr/bin/env python3
"""The same pictures as media_file's: one has a place, one has none."""
import os, subprocess, sys

subprocess.run([sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "media_file", "input.py"), sys.argv[1]], check=True)
