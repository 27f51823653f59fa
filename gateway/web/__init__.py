"""The local API, the pages and the live events of one store.

`app.create_app` is the only door, `serve.serve` runs what it made. What the web asks of the program
goes through `gateway.desk.Desk`; what it knows of the store is a `shop.Shop`. It knows neither
engines, storage, config nor uplink, and decides nothing about stock.
"""
