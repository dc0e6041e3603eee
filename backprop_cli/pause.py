"""Python's collector of cycles, paused while millions of small things are made, none of which is in a cycle.

It would look at all of them time and again, which takes a third of the time.
"""

from __future__ import annotations

import gc


class Paused:
    """A block in which the collector does not run; it goes on afterwards if it ran before."""

    def __enter__(self) -> None:
        self.ran = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self.ran:
            gc.enable()
