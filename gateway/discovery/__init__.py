"""What is there to be configured: serial ports, readers on the network, radio devices in range.

Each module looks in one place and answers with `found.Found`, each with the piece of `store.toml`
that it would be. Nothing here knows a store or keeps anything; the command line asks a person first
where looking could disturb somebody.
"""
