"""Independent opinions on a gradient, and the verdict. The one room that imports SymPy.

It does not know how our partials are written: it has SymPy differentiate what each gate *means*.
"""
