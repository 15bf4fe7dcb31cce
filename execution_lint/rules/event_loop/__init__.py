"""EXL1xx: nobody makes event loops by hand, and nothing runs a loop inside a running one."""
