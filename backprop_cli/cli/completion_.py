"""`backprop completion`: what makes a shell complete our command lines."""

from __future__ import annotations

from backprop_cli.cli.completing import candidates, cut
from backprop_cli.cli.declared import RARE, Argument, option
from backprop_cli.cli.options import OutputOptions, Reply, choice, with_common_options
from backprop_cli.lean import Annotated

_BASH = r"""_backprop() {
  local current=${COMP_WORDS[COMP_CWORD]}
  [[ $current == [=:@\(]* ]] && current=
  local IFS=$'\n'
  COMPREPLY=($(backprop completion bash --at "${COMP_LINE:0:COMP_POINT}" --replaces "$current" 2>/dev/null))
  [[ ${COMPREPLY[0]-} == *[=\(/] ]] && compopt -o nospace
}
complete -F _backprop backprop
"""
_ZSH = r"""#compdef backprop
_backprop() {
  local -a found
  found=("${(@f)$(backprop completion zsh --at "$LBUFFER" 2>/dev/null)}")
  [[ -n $found[1] ]] || return 1
  if [[ $found[1] == *[=\(/] ]]; then compadd -S '' -- $found; else compadd -- $found; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _backprop backprop
"""
_FISH = r"""complete -c backprop -f -a '(backprop completion fish --at (commandline -cp) 2>/dev/null)'
"""
_POWERSHELL = r"""Register-ArgumentCompleter -Native -CommandName backprop -ScriptBlock {
  param($word, $line, $cursor)
  $typed = $line.ToString().PadRight($cursor).Substring(0, $cursor)
  backprop completion powershell --at $typed 2>$null | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
"""
_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH, "powershell": _POWERSHELL}

_Shell = Annotated[str, Argument("bash, zsh, fish or powershell", "SHELL", tuple(_SCRIPTS))]
_At = Annotated[
    str | None,
    option(
        "only what can follow in this line, up to the cursor; the scripts ask it", "--at", metavar="LINE", heading=RARE
    ),
]
_Replaces = Annotated[
    str | None, option("with --at: what the shell takes for the word being typed, if it cuts words itself",
                       "--replaces", metavar="WORD", heading=RARE),
]  # fmt: skip


@with_common_options(
    values=False, formats=("script",), default="script",
    without=("json", "quiet", "digits", "color", "ascii", "width", "rows"),
)  # fmt: skip
def command(shell: _Shell, *, at: _At = None, replaces: _Replaces = None, output: OutputOptions) -> Reply:
    """Print a script that makes a shell complete commands, options, formats, gates, names that need a value, files.

    Example: source <(backprop completion bash)
    Example: backprop completion zsh -o _backprop
    """
    choice("SHELL", shell, tuple(_SCRIPTS))
    if at is None:
        return Reply(_SCRIPTS[shell], output)
    words, last, quote = cut(at, "`" if shell == "powershell" else "\\")
    found = candidates(words[1:], last)
    if shell == "bash" and quote and len(found) == 1 and found[0].endswith("("):
        found.append(f"{found[0]})")  # bash closes the quote behind an only one
    start = 0 if quote or replaces is None else max(0, len(last) - len(replaces))
    return Reply("".join(f"{word[start:]}\n" for word in found), output)
