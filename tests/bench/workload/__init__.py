"""Workloads that look like desktops: a persona's home (W1) and a machine's memory (W2)."""
