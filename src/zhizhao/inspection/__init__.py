"""On-site checks by officers (现场检查, 双随机一公开). Built by its own work order."""
