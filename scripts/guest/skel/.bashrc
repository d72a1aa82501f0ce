# Read by interactive shells.
alias ll='ls -l'
