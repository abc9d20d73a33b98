"""What things are: the words every stage shares. No I/O, no clock, no logging."""
