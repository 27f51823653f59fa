"""Recorded sensor traffic: capture lines to observations and back, one JSON object a line.

`lines.read_capture` reads, `writing.capture_lines` writes, `files` opens by name (`.gz` included);
replay of a capture through the engines and the timeline that it gives live here too.

What does not live here: the virtual store that writes captures of its own (`gateway.simulate`), and
everything that listens to a real device.
"""
