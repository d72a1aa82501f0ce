"""Deskloom and other programs that keep copies of files, measured in turn on the same work."""
