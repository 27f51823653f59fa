"""The MQTT feed for HQ: what is said, in which words, and how it gets there.

`compose` makes numbered messages of changes and `epcis` events without numbers (both pure),
`messages` is the shape of every payload, `topics` where it goes, `delivery` what is sent next
(pure), `commands` what HQ may ask, `mqtt` and `link` the adapter around the MQTT library,
`protocol` what MQTT 5 adds, `refusals` what the broker does not take, `shell` and `session` the
connection that drains the outbox.

Not here: the outbox's disk (storage), and any judgement about stock or people (the engines).
"""
