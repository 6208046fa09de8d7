"""Libraries that several questions load at once."""

import subprocess
import sys

AT_ONCE = """
import importlib, sys, threading
sys.setswitchinterval(1e-6)
importlib.import_module(sys.argv[1])
failed = []
def load(name):
    try:
        importlib.import_module(name)
    except RuntimeError as error:
        failed.append(f"{name}: {error}")
names = ["narwhals.stable.v1", "narwhals.stable.v2", "narwhals.stable"]
threads = [threading.Thread(target=load, args=[name]) for name in names * 2]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(failed)
"""


def test_two_questions_may_load_plotly_and_scikit_learn_at_the_same_moment() -> None:
    from bot.ui.server import SHARED_BELOW

    done = subprocess.run(
        [sys.executable, "-c", AT_ONCE, SHARED_BELOW], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.strip() == "[]"
