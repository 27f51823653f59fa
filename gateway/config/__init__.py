"""What the store's own files say: `store.toml`, the catalogue, the planogram.

`load.load_store` is the only door: it reads the three files and answers with a `Store`, or with
every fault at once, each with file, line, what is wrong and what would be right.

What does not live here: anything that opens a device, a socket or the database. Secrets are named
here (`password_file`) and read by whoever uses them.
"""
