from __future__ import annotations

import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from twiceshy.stage.descendants import Seen, below, carries, everybody


def _family(parents):
    return {pid: Seen(pid, parent, 0, zombie=False) for pid, parent in parents.items()}


def test_descendants_of_all_generations_are_found():
    """Children's children count, the roots themselves and strangers do not."""
    seen = _family({1: 0, 2: 1, 3: 2, 4: 3, 5: 1, 6: 5})

    assert below([2], seen) == {3, 4}
    assert below([2, 5], seen) == {3, 4, 6}
    assert below([99], seen) == set()


@given(st.dictionaries(st.integers(1, 30), st.integers(0, 30)))
def test_no_family_whatever_makes_it_run_forever(parents):
    """Even nonsense that was read while processes came and went, such as circles."""
    assert below([1], _family(parents)) <= set(parents)


def test_we_see_ourselves_and_our_children():
    """A real child is found below us, by whatever name it has."""
    code = "import sys; print('up', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"MARK": "one", "LONGER_MARK": "two"},
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()

        assert child.pid in below([os.getpid()], everybody())
        if sys.platform == "linux":
            assert carries(child.pid, b"MARK=one")
            assert not carries(child.pid, b"MARK=on")
            assert not carries(child.pid, b"MARK=two")
        child.communicate()
