"""UHF RFID readers: EPC codecs, LLRP over TCP, serial modules. Says tag reads, rounds and reader health."""
