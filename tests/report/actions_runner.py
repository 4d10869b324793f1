"""How GitHub's runner reads a log: which lines it takes for commands, and what these say.

After `ActionCommand.cs` and `ActionCommandManager.cs` of github.com/actions/runner: a line that begins with `::`, blanks
aside, or holds `##[`, with the name of a known command; none until its token comes, where `stop-commands` was one.
"""

KNOWN = {
    "error", "warning", "notice", "debug", "group", "endgroup", "add-mask", "add-matcher", "remove-matcher", "add-path",
    "set-env", "set-output", "save-state", "echo", "stop-commands", "internal-set-repo-path",
}  # fmt: skip
DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
PROPERTY = (*DATA[:2], ("%3A", ":"), ("%2C", ","), DATA[2])


def unescaped(text, table):
    for written, meant in table:
        text = text.replace(written, meant)
    return text


def parsed(line, known):
    """A line's command as name, properties and data, None where it is none."""
    if line.lstrip().startswith("::") and "::" in line.lstrip()[2:]:
        head, _, data = line.lstrip()[2:].partition("::")
        name, _, rest = head.partition(" ")
        if name in known:
            pairs = (piece.partition("=") for piece in rest.split(",") if piece)
            return name, {k.strip(): unescaped(v, PROPERTY) for k, _, v in pairs}, unescaped(data, DATA)
    if "##[" in line and "]" in line[line.index("##[") :]:
        head, _, data = line[line.index("##[") + 3 :].partition("]")
        name = head.partition(" ")[0]
        if name in known:
            return name, {}, data
    return None


def commands_of(log):
    """All commands that the runner would follow, without the bracket itself."""
    found, token = [], None
    for line in log.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        command = parsed(line, KNOWN | ({token} if token else set()))
        if command is None:
            continue
        if token is not None:
            token = None if command[0] == token else token
        elif command[0] == "stop-commands":
            token = command[2]
        else:
            found.append(command)
    assert token is None, "the runner was never told to listen again"
    return found
