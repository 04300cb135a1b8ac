"""What pages, API and MCP show of the past: few queries for each view, however much was captured.

    rows        the nouns: ShownActivity, ShownSentence, ProjectTag, Machine, Made
    days        one day: lanes, activities, summary, neighbours
    spans       months and weeks: one DayGlance a day
    activity    one activity: pictures, programs, speech, interruptions
    around      what was done around a moment; how much there is
    frames      one frame and its text; the reel of its day
    pages       long lists, a page at a time
    totals      time by project, program, machine
    projects    all projects, one project

Read only, redacted text only. A person's words for it (times as they are written, colours) are the pages' own.
"""
