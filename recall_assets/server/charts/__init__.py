"""Where the marks of a chart lie: pure functions from figures to shares of a width; templates draw them.

    lanes   spans of a day on one axis ─► blocks, ticks, gaps, now
    bars    figures by name ─► rows, longest first, each with its share of the longest
    days    figures by day and name ─► columns of stacked pieces

A share is a number 0..100, which SVG takes as a percentage: charts are as wide as their place, and text keeps its size.
"""
