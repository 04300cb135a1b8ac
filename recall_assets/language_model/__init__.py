"""A language model at work: whatever it is asked for, one way to ask, and nothing kept but what stands.

    questions        endpoint, budget, what was answered before, what each call cost     the same for all purposes
    titles           of activities                   behind the chain, in a run of its own
    projects         names and summaries             behind `projects`
    days             summaries of days               in the day's own run
    memories         facts                           behind the memories of rules
    secret_review    of doubtful findings            behind `secrets`, off unless asked for

What rules made is there before, stays where nothing stands, and why is kept.
"""
