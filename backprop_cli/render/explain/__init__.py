"""An account of the steps as text, one format a file. It sees the Derivation's equations, and spells them.

A format's `render(account, style, paths)` answers the text in pieces; `paths` asks for every path from the output to an
input as well.
"""
