"""`make faults`: agent and server are killed, cut off, filled up and set wrong; what is left of each frame?"""
