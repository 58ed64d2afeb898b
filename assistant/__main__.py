"""`python -m assistant` is the command line `seoula`."""

from assistant.cli import main

main()
