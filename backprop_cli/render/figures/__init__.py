"""A Figure as a picture or as text, one format a file. It sees a Figure, never a graph.

A format's file has `render(figure, style)`, which answers the text in pieces.
"""
