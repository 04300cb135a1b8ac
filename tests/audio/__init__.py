"""Sound on its way into the spool: the voice gate on real speech, segments, the recorder with a real sound server."""
