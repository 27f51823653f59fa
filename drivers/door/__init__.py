"""Door counters: cumulative in and out with a boot id, never people."""
