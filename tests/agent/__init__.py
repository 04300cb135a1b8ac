"""Tests of the capture agent."""
