"""Orders to forget, as rows.

choosing   what an order covers of what is here ─► forgotten_items
deleting   rows of the items, and all that was made of them
rules      what late arrivals are judged by, and the orders themselves
proving    whether anything of an order is left
"""
