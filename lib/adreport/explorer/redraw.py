"""Redrawing that keeps up with a dragged slider: the newest change wins, and no queue of stale drawings builds up."""

import asyncio
from collections.abc import Callable, Iterator

BREATH_SECONDS = 0.001  # in which a newer change can arrive between two steps


class Redraw:
    """Runs the steps of the newest request; an older one ends before its next step."""

    def __init__(self, steps: Callable[[], Iterator[Callable[[], None]]]):
        self.steps, self.wanted, self.running = steps, 0, False

    def request(self, _change: object = None) -> None:
        """Ask for a redraw, soon; at once where no event loop runs (outside a kernel)."""
        self.wanted += 1
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.now()
            return
        if not self.running:
            self.running = True
            self.task = loop.create_task(self._until_newest())

    def now(self) -> None:
        """Run every step before returning."""
        for step in self.steps():
            step()

    async def _until_newest(self) -> None:
        drawn = None
        try:
            while drawn != self.wanted:
                drawn = self.wanted
                for step in self.steps():
                    step()
                    await asyncio.sleep(BREATH_SECONDS)
                    if drawn != self.wanted:
                        break
        finally:
            self.running = False
