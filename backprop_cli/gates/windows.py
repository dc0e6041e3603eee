"""The tensor gates over windows of arrays: rows as in `tensors`.

They are PyTorch's functions of these names (a convolution does not turn its kernel round; LeCun et al. 1989), without
dilation and groups. Elements tied for the largest of a window share evenly.
"""

from __future__ import annotations

from backprop_cli.gates.gate import Gate
from backprop_cli.lean import Iterator


def rows() -> Iterator[Gate]:
    """The rows of the table, for one axis and for two."""
    for count, kernel in ((1, "(*kernel_size,)"), (2, "(*kernel_size, kernel_size[-1])[:2]")):
        yield Gate(f"conv{count}d(x, weight, bias=0, stride=1, padding=0)",
               f"convolution over the last {'axis' if count == 1 else 'two axes'}; x (…, channels, …), weight (channels out, channels in, …)",
               "conv(x, weight, stride, padding) + biased(bias, weight)", "conv_left(G, x, weight, stride, padding)",
               "conv_right(G, x, weight, stride, padding)", "bias_back(G, bias, weight)",
               shape=f"convolved(x, weight, bias, stride, padding, {count})",
               push="conv(d, weight, stride, padding); conv(x, d, stride, padding); biased(d, weight) + 0*out",
               vanish="(conv(abs(x), abs(weight), stride, padding) + abs(biased(bias, weight)) > 0)"
                      " | (conv(1.0*(x != 0), 1.0*(weight != 0), stride, padding) + (biased(bias, weight) != 0) == 0)",
               words=("the transposed convolution of {G} with {weight}", "each window of {x} times its {G}, summed", "{G}, summed for each channel"),
               structures=("Toeplitz, of the weights", "rows: the windows of {x}", "rows of ones"))  # fmt: skip
        yield Gate(f"max_pool{count}d(x, kernel_size, stride=None, padding=0)",
               f"largest element of each window of the last {'axis' if count == 1 else 'two axes'}; stride: the window's size",
               f"amax(windows(x, {kernel}, stride, padding, -inf), last_axes(x, {count}, {count}), False)",
               f"pool_back(G, x, out, {kernel}, stride, padding)",
               shape=f"pooled(x, kernel_size, stride, padding, {count})", push=f"pool_push(d, x, out, {kernel}, stride, padding)",
               words=("{G}, to the largest element of each window",), structures=("one-hot",), exact=True,
               notes=[("kink", f"pool_ties(x, out, {kernel}, stride, padding) > 1",
                       "`{name}`: elements of a window of `{0}` are tied; they share the slope, any split is valid")])  # fmt: skip
        yield Gate(f"avg_pool{count}d(x, kernel_size, stride=None, padding=0)",
               f"mean of each window of the last {'axis' if count == 1 else 'two axes'}, padding included; stride: the window's size",
               f"pool_mean(x, {kernel}, stride, padding)", f"pool_mean_back(G, x, {kernel}, stride, padding)",
               shape=f"pooled(x, kernel_size, stride, padding, {count})", push=f"pool_mean(d, {kernel}, stride, padding)",
               words=("{G} / the size of a window, to each of its elements",), structures=("rows of 1/n",))  # fmt: skip
