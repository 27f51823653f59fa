"""Reads tags with sllurp and prints them as JSON lines: run as a program of its own.

python sllurp_client.py HOST PORT ANTENNAS TAGS
"""

import json
import sys

from sllurp.llrp import LLRPReaderClient, LLRPReaderConfig


def main(host, port, antennas, wanted):
    config = LLRPReaderConfig(
        {
            "antennas": [int(antenna) for antenna in antennas.split(",")],
            "report_every_n_tags": 5,
            "tag_content_selector": {
                "EnableROSpecID": True,
                "EnableSpecIndex": True,
                "EnableInventoryParameterSpecID": True,
                "EnableAntennaID": True,
                "EnableChannelIndex": True,
                "EnablePeakRSSI": True,
                "EnableFirstSeenTimestamp": True,
                "EnableLastSeenTimestamp": True,
                "EnableTagSeenCount": True,
                "EnableAccessSpecID": True,
            },
            "keepalive_interval": 200,
            "event_selector": {"ROSpecEvent": True, "AISpecEvent": True},
        }
    )
    reader = LLRPReaderClient(host, int(port), config)
    seen = 0

    def tell(_reader, tags):
        nonlocal seen
        for tag in tags:
            print(json.dumps(tag, default=lambda raw: raw.decode()), flush=True)
        had_enough = seen >= int(wanted)
        seen += len(tags)
        if not had_enough and seen >= int(wanted):
            # In sllurp's own thread: it asks first and only then says who waits for the answer,
            # so from another thread an answer that comes at once is waited for without end.
            reader.disconnect(timeout=0)

    reader.add_tag_report_callback(tell)
    reader.connect()
    reader.join(15)
    capabilities = reader.llrp.capabilities
    print(json.dumps({"capabilities": capabilities}, default=repr), flush=True)


main(*sys.argv[1:])
