"""How many came in and how many of them bought: counts, staff, occupancy, conversion.

Pure and synchronous. `engine.FootfallEngine` is the only door. No I/O, no clock, no person.

From passages (`doors`, late ones by `spread`) to minutes (`minutes`, gathered at the `entrance`,
calibrated by `calibration` with what `clicker` and `by_hand` make of a person's own count, in
`hours` of opening, less `staff`; `groups` and `reentry` beside them; sales wait in the `till`),
people `inside` (by `occupancy`), conversion by the hour (`conversion`, `visits`, `interval`,
`basket`) or by any step (`buckets`), what draws people in (`zones`), what a counter missed while it
was down (`down`, of each door by `watch` and `missed`, guessed by `fill` from `slots` and what is
`usual`), and what is out of the ordinary (`unusual`, `day`, by `chance`).
Prices and receipts live elsewhere.
"""
