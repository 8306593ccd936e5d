"""The tables. The tree is the menu: a folder is a command, a file is a table."""
