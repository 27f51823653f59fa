"""The feed described for its other end: JSON Schemas and an AsyncAPI 3 document.

Made from the models by `python -m gateway.uplink.schema`, never written by hand; the tests check
that the files are what the models say. The document stands beside this folder, in `asyncapi.yaml`.
"""
