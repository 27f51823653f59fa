"""Coverage-guided fuzzing of everything that reads what others wrote; `make fuzz SECONDS=60`.

`target` says what a target is; `radio`, `air`, `floor` and `desk` are the targets, `targets` names
them all; `one` fuzzes one of them in a process of its own, `__main__` shares the time out.
`test_targets` runs the seeds and a few thousand blind mutations with every `make test`, without
atheris.

What does not live here: tests of what was found. Those stand with the tests of the codec.
"""
