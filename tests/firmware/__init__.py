"""What is flashed, proven: its core by the rules, its wire by the spec, its ELF on a chip.

`rules` says what two beams mean in other words than the firmware; `people` walks through a door and
knows the truth; `native` is the C core on this machine, `pico` the MicroPython one, `chip` an
emulated ATmega328P with the very ELF that is flashed.
"""
