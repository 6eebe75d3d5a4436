"""`python -m introduction.cli`: the same as the `introduction` command."""

from introduction.cli import main

main(prog_name="introduction")
