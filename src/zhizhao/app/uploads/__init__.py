"""Files that registrars hand in through the office's page: kept privately, worked on by a process of their own."""
