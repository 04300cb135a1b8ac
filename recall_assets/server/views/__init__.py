"""The owner's pages: what the timeline's store tells, in HTML.

    request ─► access.owner ─► store.timeline, one snapshot ─► charts ─► templates ─► HTML under strict headers

Every page is whole without scripts; scripts make scrubbing, shortcuts and the choice of a theme.
"""
