"""The till and the back office: sales, returns, deliveries and stocktakes, bodies checked.

`bodies` turns a decoded JSON body into a fact or says every fault with its path; `fields` holds the
checks of single fields; `digest` tells a repeated fact from another one under the same id. All of
it is pure: no clock, no port. HTTP, MQTT and files bring the bodies and live elsewhere, and so does
the question whether a GTIN or a zone is known to the store.
"""
