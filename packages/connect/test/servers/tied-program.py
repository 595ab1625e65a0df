"""Runs a program and whatever it starts, for as long as standard input is open.

    python tied-program.py <program> <arguments>
"""
import os
import signal
import subprocess
import sys
import threading

os.setsid()


def end(*_):
    os.killpg(0, signal.SIGKILL)


signal.signal(signal.SIGTERM, end)
program = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
threading.Thread(target=lambda: (sys.stdin.read(), end()), daemon=True).start()
sys.exit(program.wait())
