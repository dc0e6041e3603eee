"""Text to a Program: characters, places and precedence.

It does not know which gates exist, nor what any number or name is worth.

The grammar, loosest operator first (`;` and a newline outside brackets both end a statement):

    program     = (statement | definition | loop) { (";" | newline) (statement | definition | loop) }
    loop        = "for" name "in" ("range" "(" expression { "," expression } ")" | name) "{" program "}"
    definition  = "gate" name "(" parameter { "," parameter } ")" "=" (expression | "{" statements "}")
    parameter   = name [ "=" [ "-" ] number ]
    statements  = statement { (";" | newline) statement }
    statement   = [ name "=" ] expression
    expression  = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
    sum         = product { ("+" | "-") product }
    product     = unary { ("*" | "/" | "%" | "@" | nothing at all) unary }
    unary       = { "-" | "+" } power
    power       = postfix [ ("^" | "**") unary ]
    postfix     = operand { "²" | "³" | "'" | "[" item { "," item } "]" }
    item        = expression | [ expression ] ":" [ expression ] [ ":" [ expression ] ]
    operand     = number | name | call | array | "(" expression ")"
    array       = "[" elements { ";" elements } "]"
    elements    = expression { "," expression }
    call        = name "(" [ argument { "," argument } ] ")"
    argument    = [ name "=" ] expression
    number      = (digits [ "." [ digits ] ] | "." digits) [ ("e" | "E") [ "+" | "-" ] digits ]
"""
