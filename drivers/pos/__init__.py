"""The till and the back office: sales, returns, deliveries and stocktakes, checked and told.

`bodies` turns a decoded JSON body into a fact or says every fault with its path; `fields` holds the
checks of single fields; `digest` tells a repeated fact from another one under the same id. `rows`
and `receipts` do the same for files, `topics` for messages, `settling` tells which files are
finished: all of it pure. Two thin sources own what is outside: `folder` a watched folder,
`mqtt_source` a broker's topics. Both are given a `telling.Teller`,
because a file is put away, and a message acknowledged, only when its facts are on disk.

What does not live here: HTTP, and the question whether a GTIN or a zone is known to the store.
"""
