"""Pulls: counted by repository, tag and day, not recorded one by one."""
