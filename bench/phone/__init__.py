"""Pieces of bench/make-phone: a made-up phone with the real schemas of its apps, and the truth about it.

Every module writes one app's files into a Tree and what it wrote into a Truth. Nothing here takes randomness or time
from outside: the same arguments give the same bytes.
"""
