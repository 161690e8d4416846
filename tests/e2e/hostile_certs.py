#!/usr/bin/python3
"""Certificates for the hostile servers, in a fresh folder that goes when standard input closes.

Prints the folder, or "none" where certtool is not installed.
"""
import shutil
import sys
import tempfile

from servers import Certificates


def main():
    if not shutil.which("certtool"):
        print("none", flush=True)
        return
    folder = tempfile.mkdtemp(prefix="bureaud-certs-")
    try:
        certs = Certificates(folder)
        for name in ("expired", "not_yet", "wrong_host", "other_ca", "self_signed"):
            certs.variant(name)
        print(folder, flush=True)
        sys.stdin.read()
    finally:
        shutil.rmtree(folder)


main()
