"""Every socket of the house. Nothing above or below opens one."""
