"""The gateway: observations in; stock, footfall and conversion out.

`core` joins the pure engines (`stock`, `footfall`, `health`); `changes` is what they say;
`storage` commits it; `web` and `uplink` tell it; `program` alone wires everybody together.
"""

__version__ = "0.1.0"
