"""What the garbage collector is told: what a process holds from its start on need not be looked through again and again."""

import gc


def settle() -> None:
    """Tell the collector that what there is now lives long; else it now and then holds everybody up for a tenth of a second.

    What is frozen is still freed when nobody refers to it any more; only cycles of it stay. Garbage with cycles must go
    first, else it would stay for ever.
    """
    gc.collect()
    gc.freeze()
