"""UHF RFID readers: EPC codecs, LLRP over TCP, serial modules: reads, rounds, reader health."""
