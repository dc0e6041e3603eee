"""Numbers as IEEE 754 has them: arithmetic that answers NaN or an infinity and never raises.

It does not know what a gate is, nor which answers deserve a word to the user.
"""
