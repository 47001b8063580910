"""A report that stands twice on a page: some pages have a copy for narrow screens, which only their style sheets hide."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extractor.documents.composing import Block, Table


def once(blocks: Sequence[Block], is_heading: Callable[[Block], bool]) -> list[Block]:
    """The blocks without the second copy. Only what stands word for word in the first is left out, and only where every table
    and heading of the first has its copy. One pass over the blocks."""
    sizes = {i: len(block.cells) for i, block in enumerate(blocks) if isinstance(block, Table)}
    largest = max(sizes, key=sizes.__getitem__, default=-1)
    again = next((i for i in sizes if i > largest and sizes[i] == sizes[largest] and blocks[i] == blocks[largest]), -1)
    if again < 0:
        return list(blocks)
    apart = again - largest
    start, end = largest, largest + 1
    while start > 0 and blocks[start - 1] == blocks[start - 1 + apart]:
        start -= 1
    while end < min(start + apart, len(blocks) - apart) and blocks[end] == blocks[end + apart]:
        end += 1
    if any(isinstance(block, Table) or is_heading(block) for block in blocks[end : start + apart]):
        return list(blocks)  # the second says something else
    return [*blocks[: start + apart], *blocks[end + apart :]]
