"""Wrong derivations and the mistake that each makes: of arrays, and of numbers.

A row: program, values or shapes, what it is a gradient of, the right formula, and wrong ones, each with the names of
the mistakes that it is, none where it is nobody's. The right formulas are textbook matrix calculus, which tests judge.
"""

S2 = {"W": "[[0.3, -0.5, 0.2], [0.2, 0.9, -0.4]]", "x": "[0.2, 0.4, -0.7]"}
SQ = "q = W@x; f = sum(q^2)"
RG, RGV = "r = X@w - y; f = mean(r^2)", {"X": "(4, 3)", "w": "(3,)", "y": "(4,)"}
RL = "r = X@w - y; f = mean(r^2) + lam*sum(w^2)"
RLV = {**RGV, "lam": 0.3}
NET = "a = X@W1 + b1; h = relu(a); s = h@W2 + b2; L = cross_entropy(s, y)"
NV = {"X": "(5, 4)", "W1": "(4, 6)", "b1": "(6,)", "W2": "(6, 3)", "b2": "(3,)", "y": [0, 2, 1, 1, 0]}
TN = "a = X@W1 + b1; h = tanh(a); s = h@W2; f = mean((s - t)^2)"
TV = {"X": "(5, 4)", "W1": "(4, 6)", "b1": "(6,)", "W2": "(6, 3)", "t": "(5, 3)"}
SG = "z = X@w; p = sigmoid(z); L = -mean(y*log(p) + (1 - y)*log(1 - p))"
SGV = {"X": "(5, 3)", "w": "(3,)", "y": [0, 1, 1, 0, 1]}
SM = "p = softmax(s); f = sum(p*g)"
SMV = {"s": "(4,)", "g": "(4,)"}
QF = "f = dot(x, A@x)"
QV = {"A": "(4, 4)", "x": "(4,)"}
TR = "f = trace(A@X@B)"
TRV = {"A": "(3, 4)", "X": "(4, 5)", "B": "(5, 3)"}
TRS = {"A": "(4, 4)", "X": "(4, 4)", "B": "(4, 4)"}
BC = "f = sum((X*g + b)^2)"
BV = {"X": "(5, 3)", "g": "(3,)", "b": "(3,)"}
MUL = "C = A@B; f = sum(C^2)"
MV = {"A": "(3, 4)", "B": "(4, 5)"}
MVS = {"A": "(4, 4)", "B": "(4, 4)"}
SK = "h = relu(W@x) + x; f = sum(h^2)"
SKV = {"W": "(4, 4)", "x": "(4,)"}
P3 = "f = sum(x^2) + sum(sin(x)) + sum(exp(x))"
MARGINS = "(s - sum(s*onehot(y, 3), axis=1, keepdims=True) + 1 > 0)*(1 - onehot(y, 3))"
MARGINS = "(s - sum(s*onehot(y, 3), axis=1, keepdims=True) + 1 > 0)*(1 - onehot(y, 3))"
HG, HV = "s = X@W; L = hinge_loss(s, y)", {"X": "(5, 4)", "W": "(4, 3)", "y": [0, 2, 1, 1, 0]}
ARRAYS = [
    # program, values, target, right, [(wrong, mistake)]
    (
        SQ,
        S2,
        "df/dW",
        "2*outer(q, x)",
        [
            ("-2*outer(q, x)", "sign"),
            ("outer(q, x)", "exponent"),
            ("2*outer(x, q)", "transposed"),
            ("outer(ones(2), x)", "left out"),
            ("4*outer(q, x)", "factor"),
            ("outer(q, x)/3 + 1", ""),
        ],
    ),
    (
        SQ,
        S2,
        "df/dx",
        "2*W'@q",
        [
            ("-2*W'@q", "sign"),
            ("W'@q", "exponent"),
            ("W'@ones(2)", "left out"),
            ("2*W'@q^2", "not lowered"),
            ("2*W'@W'@q", ""),
        ],
    ),
    (
        SQ,
        S2,
        "df/dq",
        "2*q",
        [("q", "exponent"), ("2*q^2", "not lowered"), ("q^2", ""), ("-2*q", "sign"), ("2*q + 1", "")],
    ),
    (
        RG,
        RGV,
        "df/dw",
        "2*X'@r/4",
        [
            ("2*X'@r", "count"),
            ("X'@r/4", "exponent"),
            ("-2*X'@r/4", "sign"),
            ("2*X'@r/16", "count twice"),
            ("2*X'@y/4", "at another"),
            ("X'@ones(4)/4", "left out"),
            ("2*X'@r/3", ""),
            ("2*X'@(r^2)/4", "not lowered"),
        ],
    ),
    (
        RL,
        RLV,
        "df/dw",
        "2*X'@r/4 + 2*lam*w",
        [
            ("2*X'@r/4", "path"),
            ("2*X'@r/4 + lam*w", "exponent"),
            ("2*X'@r/4 + 4*lam*w", "term"),
            ("2*X'@r + 2*lam*w", "count"),
            ("2*X'@r/4 - 2*lam*w", "term sign"),
            ("2*X'@r/4 + 2*w", "left out"),
            ("2*lam*w", "branch"),
            ("X'@r/4 + 2*lam*w", "exponent"),
        ],
    ),
    (
        NET,
        NV,
        "dL/ds",
        "(softmax(s, axis=1) - onehot(y, 3))/5",
        [
            ("softmax(s, axis=1) - onehot(y, 3)", "count"),
            ("(softmax(s, axis=1) - onehot(y, 3))/25", "count twice"),
            ("softmax(s, axis=1)/5", "no one-hot"),
            ("(onehot(y, 3) - softmax(s, axis=1))/5", "sign"),
            ("(softmax(s, axis=1) - onehot(y, 3))*softmax(s, axis=1)*(1 - softmax(s, axis=1))/5", "extra slope"),
            ("(softmax(s, axis=0) - onehot(y, 3))/5", ""),
        ],
    ),
    (
        NET,
        NV,
        "dL/dW2",
        "h'@(softmax(s, axis=1) - onehot(y, 3))/5",
        [
            ("h'@(softmax(s, axis=1) - onehot(y, 3))", "count"),
            ("h'@softmax(s, axis=1)/5", "no one-hot"),
            ("(softmax(s, axis=1) - onehot(y, 3))'@h/5", "transposed"),
            ("a'@(softmax(s, axis=1) - onehot(y, 3))/5", "other array"),
            ("-h'@(softmax(s, axis=1) - onehot(y, 3))/5", "sign"),
        ],
    ),
    (
        NET,
        NV,
        "dL/db2",
        "sum(softmax(s, axis=1) - onehot(y, 3), axis=0)/5",
        [
            ("(softmax(s, axis=1) - onehot(y, 3))/5", "not summed"),
            ("sum(softmax(s, axis=1) - onehot(y, 3), axis=0)", "count"),
            ("mean(softmax(s, axis=1) - onehot(y, 3), axis=0)/5", "mean for sum"),
            ("sum(softmax(s, axis=1), axis=0)/5", "no one-hot"),
        ],
    ),
    (
        NET,
        NV,
        "dL/dh",
        "(softmax(s, axis=1) - onehot(y, 3))@W2'/5",
        [("(softmax(s, axis=1) - onehot(y, 3))@W2'", "count"), ("softmax(s, axis=1)@W2'/5", "no one-hot")],
    ),
    (
        NET,
        NV,
        "dL/da",
        "((softmax(s, axis=1) - onehot(y, 3))@W2'/5)*(a > 0)",
        [
            ("(softmax(s, axis=1) - onehot(y, 3))@W2'/5", "stops early"),
            ("((softmax(s, axis=1) - onehot(y, 3))@W2'/5)*h", "value"),
            ("max((softmax(s, axis=1) - onehot(y, 3))@W2'/5, 0)", "at upstream"),
            ("((softmax(s, axis=1) - onehot(y, 3))@W2')*(a > 0)", "count"),
            ("((softmax(s, axis=1) - onehot(y, 3))@W2'/5)*(a < 0)", ""),
        ],
    ),
    (
        NET,
        NV,
        "dL/dW1",
        "X'@(((softmax(s, axis=1) - onehot(y, 3))@W2'/5)*(a > 0))",
        [
            ("X'@((softmax(s, axis=1) - onehot(y, 3))@W2'/5)", "left out"),
            ("X'@(((softmax(s, axis=1) - onehot(y, 3))@W2')*(a > 0))", "count"),
            ("X'@max((softmax(s, axis=1) - onehot(y, 3))@W2'/5, 0)", "at upstream"),
        ],
    ),
    (
        TN,
        TV,
        "df/da",
        "(2*(s - t)/15)@W2'*(1 - h^2)",
        [
            ("(2*(s - t)/15)@W2'", "stops early"),
            ("(2*(s - t)/15)@W2'*(1 - a^2)", "input"),
            ("(2*(s - t)/15)@W2'*h", "value"),
            ("(2*(s - t)/15)@W2'*(1 - tanh(h)^2)", "at another"),
            ("(2*(s - t)/15)@W2'*(1 - h^2)^2", "twice"),
            ("(2*(s - t)/15)@W2'/(1 - h^2)", "reciprocal"),
            ("((s - t)/15)@W2'*(1 - h^2)", "exponent"),
            ("(2*(s - t))@W2'*(1 - h^2)", "count"),
            ("(2*(s - t)/15)@W2'*(1 - h)", ""),
            ("(2*(s - t)/5)@W2'*(1 - h^2)", "factor"),
        ],
    ),
    (
        TN,
        TV,
        "df/dW1",
        "X'@((2*(s - t)/15)@W2'*(1 - h^2))",
        [
            ("X'@((2*(s - t)/15)@W2')", "left out"),
            ("X'@((2*(s - t)/15)@W2'*(1 - h^2)^2)", "twice"),
            ("(2*(s - t)/15)@W2'*(1 - h^2)", ""),
            ("X'@((2*(s - t)/15)@W2'*(1 - a^2))", "input"),
        ],
    ),
    (
        TN,
        TV,
        "df/db1",
        "sum((2*(s - t)/15)@W2'*(1 - h^2), axis=0)",
        [
            ("(2*(s - t)/15)@W2'*(1 - h^2)", "not summed"),
            ("mean((2*(s - t)/15)@W2'*(1 - h^2), axis=0)", "mean for sum"),
            ("sum((2*(s - t)/15)@W2', axis=0)", "left out"),
        ],
    ),
    (
        SG,
        SGV,
        "dL/dz",
        "(p - y)/5",
        [
            ("p - y", "count"),
            ("(p - y)*p*(1 - p)/5", "twice"),
            ("(y - p)/5", "sign"),
            ("(p - y)/(p*(1 - p))/5", "stops early"),
            ("(p - y)/25", "count twice"),
            ("p/5", ""),
        ],
    ),
    (
        SG,
        SGV,
        "dL/dw",
        "X'@(p - y)/5",
        [
            ("X'@(p - y)", "count"),
            ("X'@((p - y)*p*(1 - p))/5", "twice"),
            ("-X'@(p - y)/5", "sign"),
            ("X'@((p - y)/(p*(1 - p)))/5", "left out"),
        ],
    ),
    (
        SM,
        SMV,
        "df/ds",
        "p*(g - sum(p*g))",
        [
            ("p*(1 - p)*g", "diagonal"),
            ("p*g", "first term"),
            ("-p*(g - sum(p*g))", "sign"),
            ("g", "stops early"),
            ("p*(g - sum(g))", ""),
        ],
    ),
    (
        QF,
        QV,
        "df/dx",
        "A@x + A'@x",
        [
            ("2*A@x", "symmetric"),
            ("A@x", "path"),
            ("A'@x", "path"),
            ("2*A'@x", "symmetric"),
            ("A@x - A'@x", "term sign"),
        ],
    ),
    (QF, QV, "df/dA", "outer(x, x)", [("2*outer(x, x)", "factor"), ("-outer(x, x)", "sign")]),
    (TR, TRV, "df/dX", "A'@B'", [("B@A", "transposed"), ("-A'@B'", "sign"), ("(A'@B')*2", "factor")]),
    (
        TR,
        TRS,
        "df/dX",
        "A'@B'",
        [
            ("B@A", "transposed"),
            ("A@B'", "not transposed"),
            ("B'@A'", "reversed"),
            ("A'@B", "not transposed"),
            ("A@B", ""),
        ],
    ),
    (
        BC,
        BV,
        "df/db",
        "sum(2*(X*g + b), axis=0)",
        [
            ("2*(X*g + b)", "not summed"),
            ("mean(2*(X*g + b), axis=0)", "mean for sum"),
            ("sum(X*g + b, axis=0)", "exponent"),
        ],
    ),
    (
        BC,
        BV,
        "df/dg",
        "sum(2*(X*g + b)*X, axis=0)",
        [
            ("2*(X*g + b)*X", "not summed"),
            ("mean(2*(X*g + b)*X, axis=0)", "mean for sum"),
            ("sum(2*(X*g + b)*g, axis=0)", "operand"),
            ("sum(2*(X*g + b), axis=0)", "left out"),
            ("sum((X*g + b)*X, axis=0)", "exponent"),
        ],
    ),
    (
        BC,
        BV,
        "df/dX",
        "2*(X*g + b)*g",
        [("2*(X*g + b)", "stops early"), ("2*(X*g + b)*X", "operand"), ("(X*g + b)*g", "exponent")],
    ),
    (MUL, MV, "df/dA", "2*C@B'", [("C@B'", "exponent"), ("2*B@C'", "transposed"), ("-2*C@B'", "sign")]),
    (
        MUL,
        MVS,
        "df/dA",
        "2*C@B'",
        [
            ("2*C@B", "not transposed"),
            ("2*B'@C", "reversed"),
            ("2*B@C", "reversed and not transposed"),
            ("2*A'@C", "tensor operand"),
        ],
    ),
    (
        MUL,
        MVS,
        "df/dB",
        "2*A'@C",
        [
            ("2*A@C", "not transposed"),
            ("2*C@A'", "reversed"),
            ("2*C@A", "reversed and not transposed"),
            ("2*(A'@C)'", "transposed"),
        ],
    ),
    (
        SK,
        SKV,
        "df/dx",
        "2*W'@(h*(W@x > 0)) + 2*h",
        [
            ("2*W'@(h*(W@x > 0))", "path"),
            ("2*h", "stops early, branch"),
            ("2*W'@h + 2*h", "left out"),
            ("2*W@(h*(W@x > 0)) + 2*h", "not transposed"),
            ("W'@(h*(W@x > 0)) + h", "exponent"),
            ("W'@(W@x > 0) + 2*h", "term upstream"),
            ("2*W'@(h*(W@x > 0)) - 2*h", "term sign"),
            ("2*W'@(h*(h > 0)) + 2*h", "at another"),
        ],
    ),
    (
        P3,
        {"x": "(4,)"},
        "df/dx",
        "2*x + cos(x) + exp(x)",
        [
            ("2*x + cos(x)", "path"),
            ("2*x", "only path"),
            ("x + cos(x) + exp(x)", "exponent"),
            ("2*x - cos(x) + exp(x)", "sign at"),
            ("2*x + sin(x) + exp(x)", "value"),
        ],
    ),
    (
        HG,
        HV,
        "dL/ds",
        f"({MARGINS} - onehot(y, 3)*sum({MARGINS}, axis=1, keepdims=True))/5",
        [
            (f"{MARGINS}/5", "label class"),
            (
                f"{MARGINS} - onehot(y, 3)*sum({MARGINS}, axis=1, keepdims=True)",
                "count",
            ),
        ],
    ),
    (
        "L = mse(x, y)",
        {"x": "(4,)", "y": "(4,)"},
        "dL/dx",
        "2*(x - y)/4",
        [("(x - y)/4", "half square"), ("2*(x - y)", "count"), ("2*(y - x)/4", "sign")],
    ),
    ("f = sum(exp(x))", {"x": "(4,)"}, "df/dx", "exp(x)", [("exp(x)/4", "mean of sum"), ("-exp(x)", "sign")]),
    ("f = sum(log_softmax(s)*g)", SMV, "df/ds", "g - softmax(s)*sum(g)", [("g - softmax(s)", "unweighted")]),
    ("f = norm(x)", {"x": "(4,)"}, "df/dx", "x/f", [("x", "length"), ("-x/f", "sign")]),
    (
        "f = sum((X + b)^2)",
        {"X": "(4, 4)", "b": "(4,)"},
        "df/db",
        "sum(2*(X + b), axis=0)",
        [("sum(2*(X + b), axis=1)", "other axis"), ("2*(X + b)", "not summed")],
    ),
    (  # a softmax written out: only its diagonal
        "e = exp(X - max(X)); p = e/sum(e, axis=1, keepdims=True); f = sum(p*G)",
        {"X": "(2, 3)", "G": "(2, 3)"},
        "df/dX",
        "p*(G - sum(p*G, axis=1, keepdims=True))",
        [("p*(1 - p)*G", "diagonal"), ("p*(sum(p*G, axis=1, keepdims=True) - G)", "sign")],
    ),
    (
        "P = softmax(X); f = sum(P*G)",
        {"X": "(3, 4)", "G": "(3, 4)"},
        "df/dX",
        "P*(G - sum(P*G, axis=1, keepdims=True))",
        [("P*(G - sum(P*G))", "over all"), ("P*(1 - P)*G", "diagonal")],
    ),
    (  # attention: the scores' gradient is transposed on its way to the keys
        "S = Q@K'/sqrt(2); P = softmax(S); f = sum((P@V)*G)",
        {"Q": "(3, 2)", "K": "(3, 2)", "V": "(3, 2)", "G": "(3, 2)"},
        "df/dK",
        "(P*(G@V' - sum(P*(G@V'), axis=1, keepdims=True)))'@Q/sqrt(2)",
        [("(P*(G@V' - sum(P*(G@V'), axis=1, keepdims=True)))@Q/sqrt(2)", "not transposed")],
    ),
    (  # what is bound keeps what is true of it: probabilities sum to 1
        "f = sum(q*(log(q) - log_softmax(x)))",
        {"q": [0.2, 0.3, 0.5], "x": "(3,)"},
        "df/dx",
        "softmax(x) - q",
        [("q - softmax(x)", "sign")],
    ),
    (
        "Z = exp(X); P = Z/sum(Z, axis=1, keepdims=True); f = -mean(sum(Y*log(P), axis=1))",
        {"X": "(3, 3)", "Y": [[1, 0, 0], [0, 0, 1], [0, 1, 0]]},
        "df/dX",
        "(P - Y)/3",
        [("(Y - P)/3", "sign"), ("P - Y", "count"), ("-Y*(1 - P)/3", "diagonal")],
    ),
    (
        "f = sum(max(X, 0)*Y)",
        {"X": "(2, 3)", "Y": "(2, 3)"},
        "df/dX",
        "Y*where(X > 0, 1, 0)",
        [("Y*where(Y > 0, 1, 0)", "at another")],
    ),
    (
        "D = expand_dims(x, 1) - expand_dims(y, 0); f = sum(D^2*K)",
        {"x": "(3,)", "y": "(2,)", "K": "(3, 2)"},
        "df/dx",
        "2*sum(D*K, axis=1)",
        [("2*D*K", "not summed"), ("-2*sum(D*K, axis=1)", "sign")],
    ),
    (
        "h = sigmoid(W1@x); o = W2@h; f = sum((o - y)^2)/2",
        {"W1": "(3, 2)", "x": "(2,)", "W2": "(2, 3)", "y": "(2,)"},
        "df/dW2",
        "outer(o - y, h)",
        [("outer(o, h)", "at another"), ("outer(y - o, h)", "sign")],
    ),
]
N = {}
NUMBERS = [
    (
        "sin(x)*exp(x)",
        N,
        "df/dx",
        "cos(x)*exp(x) + sin(x)*exp(x)",
        [("cos(x)*exp(x)", "product"), ("sin(x)*exp(x)", "product"), ("cos(x)*sin(x)", "")],
    ),
    (
        "x^2*sin(x)",
        N,
        "df/dx",
        "2*x*sin(x) + x^2*cos(x)",
        [
            ("2*x*cos(x)", "product of slopes"),
            ("2*x*sin(x)", "product"),
            ("x^2*cos(x)", "product"),
            ("2*x*sin(x) - x^2*cos(x)", "sign at"),
            ("-2*x*sin(x) - x^2*cos(x)", "sign"),
        ],
    ),
    (
        "log(x)*x^3",
        N,
        "df/dx",
        "x^2 + 3*x^2*log(x)",
        [
            ("3*x", "product of slopes"),
            ("x^2", "product"),
            ("3*x^2*log(x)", "product"),
            ("x^2 + x^2*log(x)", "exponent"),
        ],
    ),
    (
        "sin(x)/x^2",
        N,
        "df/dx",
        "(cos(x)*x^2 - sin(x)*2*x)/x^4",
        [
            ("cos(x)/(2*x)", "quotient of slopes"),
            ("(cos(x)*x^2 - sin(x)*2*x)/x^2", "quotient not squared"),
            ("(sin(x)*2*x - cos(x)*x^2)/x^4", "sign"),
            ("(cos(x)*x^2 + sin(x)*2*x)/x^4", "sign at"),
            ("cos(x)/x^2", "quotient half"),
            ("-2*sin(x)/x^3", "quotient half"),
        ],
    ),
    (
        "exp(x)/(1 + x^2)",
        N,
        "df/dx",
        "(exp(x)*(1 + x^2) - exp(x)*2*x)/(1 + x^2)^2",
        [
            ("exp(x)/(2*x)", "quotient of slopes"),
            ("(exp(x)*(1 + x^2) - exp(x)*2*x)/(1 + x^2)", "quotient not squared"),
            ("exp(x)/(1 + x^2)", "quotient half"),
        ],
    ),
    (
        "sin(x^2)",
        N,
        "df/dx",
        "cos(x^2)*2*x",
        [
            ("cos(2*x)", "slope of slope"),
            ("cos(x)*2*x", "place"),
            ("cos(x^2)", "stops early"),
            ("-cos(x^2)*2*x", "sign"),
            ("2*x", "upstream"),
            ("sin(x^2)*2*x", "value"),
            ("cos(x^2)*x", "exponent"),
            ("cos(x^2)*2*x^2", "not lowered"),
            ("cos(x)", ""),
        ],
    ),
    (
        "exp(x^3)",
        N,
        "df/dx",
        "exp(x^3)*3*x^2",
        [
            ("exp(3*x^2)", "slope of slope"),
            ("exp(x^3)", "stops early"),
            ("x^3*exp(x^3 - 1)*3*x^2", "power rule"),
            ("exp(x)*3*x^2", "place"),
            ("3*x^2", "upstream"),
        ],
    ),
    (
        "log(sin(x))",
        N,
        "df/dx",
        "cos(x)/sin(x)",
        [
            ("1/cos(x)", "slope of slope"),
            ("1/sin(x)", "stops early"),
            ("cos(x)", "upstream"),
            ("sin(x)*cos(x)", "reciprocal"),
            ("cos(x)/x", "place"),
            ("log(sin(x))*cos(x)", "value"),
        ],
    ),
    (
        "2^x",
        N,
        "df/dx",
        "2^x*log(2)",
        [("x*2^(x - 1)", "power rule"), ("2^x", "value"), ("2^x/log(2)", "antiderivative")],
    ),
    ("exp(x)", N, "df/dx", "exp(x)", [("x*exp(x - 1)", "power rule"), ("-exp(x)", "sign"), ("exp(x) + 1", "")]),
    (
        "x^3",
        N,
        "df/dx",
        "3*x^2",
        [
            ("x^4/4", "antiderivative"),
            ("x^2", "exponent"),
            ("3*x^3", "not lowered"),
            ("3*x", ""),
            ("-3*x^2", "sign"),
            ("1/(3*x^2)", "reciprocal"),
        ],
    ),
    (
        "1/x",
        N,
        "df/dx",
        "-1/x^2",
        [("1/x^2", "sign"), ("log(x)", "antiderivative"), ("-1/x", "not squared"), ("log(abs(x))", "antiderivative")],
    ),
    (
        "sqrt(x)",
        N,
        "df/dx",
        "1/(2*sqrt(x))",
        [("2*sqrt(x)", "reciprocal"), ("2/3*x^1.5", "antiderivative"), ("sqrt(x)", "value"), ("1/sqrt(x)", "factor")],
    ),
    ("log(x)", N, "df/dx", "1/x", [("x", "reciprocal"), ("x*log(x) - x", "antiderivative"), ("-1/x", "sign")]),
    (
        "tanh(w*x)",
        N,
        "df/dw",
        "(1 - f^2)*x",
        [
            ("x/(1 - f^2)", "reciprocal"),
            ("f*x", "value"),
            ("(1 - f^2)*w", "operand"),
            ("1 - f^2", "stops early"),
            ("x", "upstream"),
            ("(1 - (w*x)^2)*x", "input"),
            ("(1 - f)*x", ""),
        ],
    ),
    (
        "sigmoid(w*x + b)",
        N,
        "df/dx",
        "f*(1 - f)*w",
        [
            ("f*(1 - f)*x", "operand"),
            ("w", "upstream"),
            ("f*w", "value"),
            ("f*(1 - f)", "stops early"),
            ("w/(f*(1 - f))", "reciprocal"),
            ("(1 - f)*w", ""),
            ("sigmoid(x)*(1 - sigmoid(x))*w", "place"),
        ],
    ),
    (
        "(x*y - t)^2/2",
        N,
        "df/dx",
        "(x*y - t)*y",
        [
            ("2*(x*y - t)*y", "constant"),
            ("(x*y - t)*x", "operand"),
            ("-(x*y - t)*y", "sign"),
            ("x*y - t", "stops early"),
            ("y", "upstream"),
        ],
    ),
    (
        "a = x*y; f = a*z + a^2",
        N,
        "df/dx",
        "(z + 2*a)*y",
        [
            ("z*y", "path"),
            ("2*a*y", "path"),
            ("(z + a)*y", "exponent"),
            ("z + 2*a", "stops early"),
            ("(z + 2*a)*x", "operand"),
            ("(z - 2*a)*y", "term sign"),
        ],
    ),
]
