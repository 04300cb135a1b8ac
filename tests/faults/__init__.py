"""`make faults`: everything that Recall is gets killed, cut off, filled up, set wrong; what is left of each frame?"""
