"""Passes over a graph's columns, each one loop: forward, backward, tangent, differences, and the survey.

It does not know words or formats; what it finds odd it leaves as numbers for the report.
"""
