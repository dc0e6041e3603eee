"""What comes from files and bindings: expressions and values, with an error that points at the text.

It does not compute gradients; a binding's value is a constant expression, and that it evaluates.
"""
