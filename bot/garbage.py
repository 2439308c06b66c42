"""What is done once a process holds what it will hold for long: the collector need not look through it again and again."""

import ctypes
import gc


def settle() -> None:
    """Tell the collector that what there is now lives long; else it now and then holds everybody up for a tenth of a second.

    What is frozen is still freed when nobody refers to it any more; only cycles of it stay. Garbage with cycles must go
    first, else it would stay for ever. What was freed on the way goes back to the system: a tenth of what a worker holds.
    """
    gc.collect()
    gc.freeze()
    _give_back()


def _give_back() -> None:
    """Have the C library give back what it keeps of memory that was freed, where it can; musl's and macOS's cannot be told."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):  # TypeError: Windows has no library without a name.
        return
    trim(0)
