"""The user's own Python file, run: which of the gradients it assigns are the derivatives of its loss.

It knows Python's syntax and how people name gradients; it knows no rule of differentiation, and no gate.
"""
