"""Runs `mlflow server` and whatever it starts, for as long as standard input is open.

    python mlflow-server.py <arguments of mlflow server>
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
server = subprocess.Popen([sys.executable, "-m", "mlflow", "server", *sys.argv[1:]], stdin=subprocess.DEVNULL)
threading.Thread(target=lambda: (sys.stdin.read(), end()), daemon=True).start()
sys.exit(server.wait())
